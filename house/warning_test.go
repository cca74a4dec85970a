package house

import (
	"testing"
	"time"
)

func TestWhatCountsAsAWarning(t *testing.T) {
	now := time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC)
	tests := map[string]struct {
		condition Condition
		want      bool
	}{
		"freezing":                       {Condition{Kind: Freezing}, true},
		"a Pico whose feed calls fail":   {Condition{Kind: Upload}, true},
		"near and falling":               {Condition{Kind: Near}, true},
		"nothing stored":                 {Condition{Kind: CannotStore}, true},
		"two of one name":                {Condition{Kind: NameClash}, false},
		"a value that was not believed":  {Condition{Kind: SetAside}, false},
		"freezing, acknowledged":         {Condition{Kind: Freezing, Acknowledged: true}, false},
		"freezing, snoozed":              {Condition{Kind: Freezing, Snoozed: now.Add(time.Minute)}, false},
		"freezing, no longer snoozed":    {Condition{Kind: Freezing, Snoozed: now}, true},
		"what only a later picotop says": {Condition{Kind: "flooded"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st := State{At: now, Conditions: []Condition{tt.condition}}
			if got := len(st.Warnings()) == 1; got != tt.want {
				t.Errorf("a warning: %v", got)
			}
		})
	}
}
