package ui

import (
	"fmt"

	"picotop/internal/format"
)

// windowTitle tells the worst that is wrong to who has the window in the background.
// Values are left out: the title is sent again only when something begins or ends.
func windowTitle(s *viewState) string {
	var worst []alert
	for _, a := range alerts(s) {
		if a.serious() {
			worst = append(worst, a)
		}
	}
	switch len(worst) {
	case 0:
		return joinNonEmpty(": ", "picotop", conditionSummary(s))
	case 1:
		return fmt.Sprintf("%s %s - picotop", kindNames[worst[0].kind], worst[0].subject)
	}
	return fmt.Sprintf("%s %s, %s - picotop", kindNames[worst[0].kind], worst[0].subject, format.Count(len(worst)-1, "other warning"))
}
