package app

import (
	"testing"
	"time"
)

func TestHowLongASensorWasHeardIsSavedInSteps(t *testing.T) {
	for name, tt := range map[string]struct {
		heard time.Duration
		want  int64 // in seconds
	}{
		"not yet":                  {0, 0},
		"less than a step":         {29 * time.Minute, 0},
		"a step":                   {30 * time.Minute, 1800},
		"within a step":            {59 * time.Minute, 1800},
		"a day, which is the most": {24 * time.Hour, 86400},
		"a year":                   {8760 * time.Hour, 86400},
	} {
		if got := heardSteps(tt.heard); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}
