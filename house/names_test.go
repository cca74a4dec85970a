package house

import (
	"net/netip"
	"testing"
	"time"

	"picotop/internal/sensorname"
)

func TestNamesAsTheyAreSent(t *testing.T) {
	type step struct{ says, shows string }
	tests := map[string]struct {
		recalled string
		steps    []step
		told     []string
	}{
		"words": {steps: []step{{"cold water tank", "cold water tank"}}},
		"words after a restart": {
			recalled: "coldwatertank",
			steps:    []step{{"", "coldwatertank"}, {"cold water tank", "cold water tank"}, {"cold water tank", "cold water tank"}},
		},
		"no words after a restart": {recalled: "ColdWaterTank", steps: []step{{"", "Cold Water Tank"}, {"ColdWaterTank", "Cold Water Tank"}}},
		"words with capitals after a restart": {
			recalled: "TVRoom", steps: []step{{"", "T V Room"}, {"TV Room", "TV Room"}},
		},
		"white space alone": {steps: []step{{"ColdWaterTank", "Cold Water Tank"}, {"Cold  Water Tank", "Cold  Water Tank"}, {"ColdWaterTank", "Cold Water Tank"}}},
		"a new name": {
			steps: []step{{"Pot", "Pot"}, {"cold tank", "Pot"}, {"cold tank", "cold tank"}, {"cold tank", "cold tank"}},
			told:  []string{"12:00:45 renamed cold tank"},
		},
		"renamed while the program was stopped": {
			recalled: "Pot",
			steps:    []step{{"cold tank", "Pot"}, {"cold tank", "cold tank"}},
			told:     []string{"12:00:30 renamed cold tank"},
		},
		"two names in turn": {steps: []step{{"A", "A"}, {"B", "A"}, {"A", "A"}, {"B", "A"}, {"A", "A"}, {"B", "A"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{})
			if tt.recalled != "" {
				s.Recall(Reading{Sensor: "28ff02", SensorName: tt.recalled, FriendlyName: sensorname.Friendly(tt.recalled), At: start.Add(-time.Minute), Celsius: 20}, netip.Addr{})
				s.Resume(start)
			}
			for i, step := range tt.steps {
				if step.says != "" {
					s.wait(15 * time.Second)
					s.say(loft, "28ff02", step.says, 20)
				}
				if got := s.sensor(t, "28ff02"); got.DisplayName != step.shows {
					t.Errorf("step %d shows %q, want %q", i, got.DisplayName, step.shows)
				}
			}
			same(t, "told", s.told(), tt.told)
		})
	}
}

func TestEventsOfThePastAreToldUnderTheNameAsItIsSent(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.Recall(Reading{Sensor: "28ff02", SensorName: "coldtank", FriendlyName: "coldtank", At: start.Add(-time.Minute), Celsius: 2}, loft.Addr())
	s.Resume(start)
	same(t, "told", s.told(), []string{"11:59:00 freezing coldtank"})
	s.wait(15 * time.Second)
	s.say(loft, "28ff02", "cold tank", 2)
	same(t, "told once it is heard", s.told(), []string{"11:59:00 freezing cold tank"})
}

func TestTheLabelsStayAsTheyWere(t *testing.T) {
	s := newScript(Config{})
	got := s.say(loft, "28ff02", "cold water tank", 4)
	same(t, "reading", got, []Reading{{Sensor: "28ff02", SensorName: "coldwatertank", FriendlyName: "coldwatertank", At: start, Celsius: 4}})
}
