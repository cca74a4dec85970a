package house

import (
	"testing"
	"time"
)

// frozen is a house whose tank freezes.
func frozen() *script {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.hear(loft, "Tank", 2)
	return s
}

func TestQuietConditions(t *testing.T) {
	acknowledge := Decision{Action: Acknowledge, Sensor: "Tank", Kind: Freezing}
	snooze := Decision{Action: Snooze, Sensor: "Tank", Kind: Freezing, Until: start.Add(time.Hour)}
	tests := map[string]struct {
		decisions []Decision
		after     time.Duration
		thaws     bool // and freezes again in between
		want      bool
	}{
		"nothing":                {nil, 0, false, false},
		"acknowledged":           {[]Decision{acknowledge}, 5 * time.Hour, false, true},
		"acknowledged, and anew": {[]Decision{acknowledge}, time.Hour, true, false},
		"snoozed":                {[]Decision{snooze}, 59 * time.Minute, false, true},
		"snoozed, and anew":      {[]Decision{snooze}, 30 * time.Minute, true, true},
		"snoozed until then":     {[]Decision{snooze}, time.Hour, false, false},
		"taken back":             {[]Decision{acknowledge, {Action: Loud, Sensor: "Tank", Kind: Freezing}}, 0, false, false},
		"another one is snoozed": {[]Decision{{Action: Snooze, Sensor: "Tank", Kind: Silent, Until: start.Add(time.Hour)}}, 0, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := frozen()
			for _, d := range tt.decisions {
				if err := s.Decide(d); err != nil {
					t.Fatal(err)
				}
			}
			for s.now.Before(start.Add(tt.after)) {
				s.wait(10 * time.Second)
				celsius := 2.0
				if tt.thaws && s.now.Sub(start) < 10*time.Minute {
					celsius = 6
				}
				s.hear(loft, "Tank", celsius)
			}
			for _, c := range s.State(s.now).Conditions {
				if c.Kind == Freezing && c.Quiet(s.now) != tt.want {
					t.Errorf("quiet %v", c.Quiet(s.now))
				}
			}
		})
	}
}

func TestDecisionsThatMakeNoSense(t *testing.T) {
	for name, d := range map[string]Decision{
		"an unknown sensor":        {Action: Acknowledge, Sensor: "Loft", Kind: Freezing},
		"an unknown Pico":          {Action: Snooze, Pico: "192.0.2.99", Kind: Silent},
		"an unknown kind":          {Action: Snooze, Sensor: "Tank", Kind: "odd"},
		"an unknown action":        {Action: "forget", Sensor: "Tank", Kind: Freezing},
		"a condition that is over": {Action: Acknowledge, Sensor: "Tank", Kind: Silent},
		"cold of no sensor":        {Action: ColdIsNormal},
	} {
		t.Run(name, func(t *testing.T) {
			s := frozen()
			if err := s.Decide(d); err == nil {
				t.Error("taken")
			}
			if n := len(s.Decisions()); n > 0 {
				t.Errorf("%d are kept", n)
			}
		})
	}
}

// TestARestart holds that the next run goes on: it tells nothing again, tells what
// happened meanwhile, and knows what the owner decided.
func TestARestart(t *testing.T) {
	tests := map[string]struct {
		away  time.Duration
		after func(s *script, at time.Duration) // what is said in the next run
		want  []string                          // told by the next run
		quiet bool                              // whether the freezing is, if it stands
	}{
		"all goes on": {
			time.Minute, func(s *script, _ time.Duration) { s.hear(loft, "Tank", 2); s.hear(shed, "Hall", 20) }, nil, true,
		},
		"for a night": {
			8 * time.Hour, func(s *script, _ time.Duration) { s.hear(loft, "Tank", 2); s.hear(shed, "Hall", 20) }, nil, true,
		},
		"it thaws": {
			time.Minute, func(s *script, _ time.Duration) { s.hear(loft, "Tank", 8); s.hear(shed, "Hall", 20) }, []string{"thawed Tank"}, false,
		},
		"one died meanwhile": {
			8 * time.Hour, func(s *script, _ time.Duration) { s.hear(loft, "Tank", 2) }, []string{"silent 192.0.2.11"}, true,
		},
		"one died just now": {
			time.Minute, func(s *script, _ time.Duration) { s.hear(loft, "Tank", 2) }, []string{"silent 192.0.2.11"}, true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			first := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			var readings []Reading
			for range 100 {
				first.wait(10 * time.Second)
				readings = append(readings, first.say(loft, "Tank", "Tank", 2)...)
				readings = append(readings, first.say(shed, "Hall", "Hall", 20)...)
			}
			if err := first.Decide(Decision{Action: Acknowledge, Sensor: "Tank", Kind: Freezing}); err != nil {
				t.Fatal(err)
			}

			next := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			next.now = first.now.Add(tt.away)
			next.RecallEvents(first.TakeEvents())
			next.RecallDecisions(first.Decisions())
			for _, r := range readings {
				pico := loft
				if r.Sensor == "Hall" {
					pico = shed
				}
				next.Recall(r, pico.Addr())
			}
			next.Resume(next.now)
			for at := time.Duration(0); at < 30*time.Minute; at += 10 * time.Second {
				tt.after(next, at)
				next.wait(10 * time.Second)
			}
			var told []string
			for _, e := range next.TakeEvents() {
				told = append(told, string(e.Kind)+" "+e.Label)
			}
			same(t, "told", told, tt.want)
			st := next.State(next.now)
			for _, c := range st.Conditions {
				if c.Kind == Freezing && c.Acknowledged != tt.quiet {
					t.Errorf("acknowledged %v", c.Acknowledged)
				}
			}
			begun := 0
			for _, e := range st.Events {
				if e.Kind == Freezing {
					begun++
				}
			}
			if begun != 1 {
				t.Errorf("the freezing is %d times among the events", begun)
			}
		})
	}
}
