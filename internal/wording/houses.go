package wording

import (
	"fmt"
	"io"
	"strings"
	"time"

	"picotop/internal/format"
	"picotop/internal/overview"
)

// Houses writes houses as plain text: how many warn, and a line for each, worst first. The
// line of one that warns begins with !. Times are in the zone of the list's own.
func (s Style) Houses(w io.Writer, list overview.List) error {
	now := list.At
	moment := func(t time.Time) string { return Moment(t, now) }
	warnings := "all well"
	if n := list.Warnings(); n > 0 {
		warnings = fmt.Sprintf("something is wrong in %s", format.Count(n, "house"))
	}
	rows := [][]string{{"", "house", "coldest " + s.unit(), "", "heard", "worst"}}
	for _, h := range list.Houses {
		mark, coldest, heard := "", "-", "-"
		if h.Warns() {
			mark = "!"
		}
		if h.ColdestSensor != "" {
			coldest = s.number(h.Coldest)
		}
		if !h.Heard.IsZero() {
			heard = format.Age(max(now.Sub(h.Heard), 0))
		}
		rows = append(rows, []string{mark, h.Label(), coldest, h.ColdestSensor, heard, h.Worst(s.degrees, moment)})
	}
	var b strings.Builder
	counts, _ := list.Summary()
	fmt.Fprintf(&b, "%s, %s, %s\n\n", warnings, counts, now.Format("2006-01-02 15:04"))
	s.writeColumns(&b, rows, houseColumns)
	if list.More > 0 {
		fmt.Fprintf(&b, "there are more houses than are told here; select some with --match\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// houseColumns are the mark, the house, the coldest and its sensor, heard and worst.
var houseColumns = []column{{}, {gap: 2}, {gap: 2, right: true}, {gap: 2}, {gap: 2, right: true}, {gap: 2}}
