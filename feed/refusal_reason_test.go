package feed

import (
	"strings"
	"testing"
)

func TestEveryReasonHasWords(t *testing.T) {
	for _, r := range Reasons() {
		if text := r.Text(); text == "" || strings.Contains(text, "_") {
			t.Errorf("%s is told as %q", r, text)
		}
	}
	if got := Reason("from_the_future").Text(); got != "from_the_future" {
		t.Errorf("an unknown reason is told as %q", got)
	}
}
