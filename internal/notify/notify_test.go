package notify

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"picotop/house"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is 21:00 on a Monday.
var start = time.Date(2026, time.January, 5, 21, 0, 0, 0, time.UTC)

// A spell is a condition from one moment after the start to another.
type spell struct {
	kind     house.Kind
	name     string // of the sensor
	from, to time.Duration
	quiet    time.Duration // acknowledged from then on; 0 is never
	unsure   bool
}

// at is the house at a moment.
func at(now time.Time, spells []spell) house.State {
	st := house.State{At: now, Picos: []house.Pico{{Addr: netip.MustParseAddr("192.0.2.10")}}}
	after := now.Sub(start)
	for _, name := range []string{"Tank", "Loft", "Hall"} {
		s := house.Sensor{ID: strings.ToLower(name), DisplayName: name, Valid: true, Celsius: 2, Limit: 3, HasLimit: true, Heard: now}
		for _, p := range spells {
			if p.name == name && after >= p.from && after < p.to {
				st.Conditions = append(st.Conditions, house.Condition{
					Kind: p.kind, Sensor: len(st.Sensors), Pico: -1, Since: start.Add(p.from),
					Acknowledged: p.quiet > 0 && after >= p.quiet, Unsure: p.unsure,
				})
			}
		}
		st.Sensors = append(st.Sensors, s)
	}
	for _, p := range spells {
		if p.name == "" && after >= p.from && after < p.to {
			st.Conditions = append(st.Conditions, house.Condition{Kind: p.kind, Sensor: -1, Pico: -1, Since: start.Add(p.from)})
		}
	}
	return st
}

// A trial lives with a Notifier for a while, second by second.
type trial struct {
	cfg       Config
	spells    []spell
	length    time.Duration
	told      house.State // by another picotop
	notBefore time.Time
	// change is what else is different in the house; nil is nothing.
	change func(st *house.State, after time.Duration)
	// answers says what comes of an attempt; nil is always success.
	answers func(target string, after time.Duration) error
	// kills are when the program is killed and started again: before an attempt of that
	// moment, and behind it if after is set.
	kills  []time.Duration
	behind bool

	now   time.Time
	saved []byte
	got   []string // "21:01 phone Tank begun"
}

func (r *trial) notifier() *Notifier {
	return New(r.cfg, Options{
		Now: func() time.Time { return r.now }, Logger: slog.New(slog.DiscardHandler),
		Load: func() ([]byte, error) { return r.saved, nil },
		Save: func(text []byte) error { r.saved = slices.Clone(text); return nil },
		Told: r.told, NotBefore: r.notBefore,
	})
}

func (r *trial) run() []string {
	if r.cfg.Targets == nil {
		r.cfg.Targets = []Target{{Name: "phone"}}
	}
	n := r.notifier()
	for r.now = start; r.now.Before(start.Add(r.length)); r.now = r.now.Add(time.Second) {
		after := r.now.Sub(start)
		killed := slices.Contains(r.kills, after)
		if killed && !r.behind {
			n = r.notifier()
		}
		st := at(r.now, r.spells)
		if r.change != nil {
			r.change(&st, after)
		}
		n.Update(st)
		for _, t := range r.cfg.Targets {
			m := n.next(t)
			if m == nil {
				continue
			}
			var err error
			if r.answers != nil {
				err = r.answers(t.Name, after)
			}
			if err == nil {
				r.note(t.Name, m)
			}
			n.attempted(t.Name, err)
			if r.behind && killed {
				n = r.notifier()
			}
		}
	}
	return r.got
}

func (r *trial) note(target string, m *Message) {
	var lines []string
	for _, l := range m.Lines {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", l.Label, l.Kind, l.State)))
	}
	r.got = append(r.got, fmt.Sprintf("%s %s: %s", r.now.Format("15:04:05"), target, strings.Join(lines, ", ")))
}

func TestWhoIsToldWhat(t *testing.T) {
	const long = 24 * time.Hour
	minute, sec, hour := time.Minute, time.Second, time.Hour
	both := []Target{{Name: "phone"}, {Name: "mail"}}
	fails := func(target string, from, to time.Duration) func(string, time.Duration) error {
		return func(t string, after time.Duration) error {
			if t == target && after >= from && after < to {
				return errors.New("500")
			}
			return nil
		}
	}
	night := QuietHours{From: 22 * hour, To: 7 * hour, Freezing: true}
	tank := spell{kind: house.Freezing, name: "Tank", from: 10 * sec, to: long}
	tests := map[string]struct {
		trial trial
		want  []string
	}{
		"nothing": {trial{length: hour}, nil},
		"it freezes": {
			trial{spells: []spell{tank}, length: hour}, []string{"21:01:10 phone: Tank freezing begun"},
		},
		"again until it is acknowledged, and once that it is over": {
			trial{
				cfg:    Config{RepeatAfter: hour},
				spells: []spell{{kind: house.Freezing, name: "Tank", from: 10 * sec, to: 5 * hour, quiet: 150 * minute}}, length: 6 * hour,
			},
			[]string{
				"21:01:10 phone: Tank freezing begun", "22:01:10 phone: Tank freezing stands", "23:01:10 phone: Tank freezing stands",
				"02:00:59 phone: Tank freezing over",
			},
		},
		"acknowledged before it is told": {
			trial{spells: []spell{{kind: house.Freezing, name: "Tank", from: 10 * sec, to: long, quiet: 30 * sec}}, length: hour}, nil,
		},
		"several of one minute": {
			trial{spells: []spell{tank, {kind: house.Silent, name: "Loft", from: 50 * sec, to: long}, {kind: house.CannotStore, from: 5 * sec, to: long}}, length: hour},
			[]string{"21:01:05 phone: Tank freezing begun, Loft silent begun, cannot_store begun"},
		},
		"what is for information": {trial{spells: []spell{{kind: house.SetAside, name: "Tank", to: long}, {kind: house.Near, name: "Hall", to: long}}, length: hour}, nil},
		"what only this target wants": {
			trial{
				cfg:    Config{Targets: []Target{{Name: "phone", On: []house.Kind{house.Near}}, {Name: "mail"}}},
				spells: []spell{tank, {kind: house.Near, name: "Hall", to: long}}, length: hour,
			},
			[]string{"21:01:00 phone: Hall near begun", "21:01:10 mail: Tank freezing begun"},
		},
		"silent for less than a minute": {trial{spells: []spell{{kind: house.Silent, name: "Tank", from: minute, to: minute + 50*sec}}, length: hour}, nil},
		"it froze for less than a minute": {
			trial{spells: []spell{{kind: house.Freezing, name: "Tank", from: minute, to: minute + 20*sec}}, length: hour},
			[]string{"21:02:00 phone: Tank freezing begun, Tank freezing over"},
		},
		"not heard since the program began": {trial{spells: []spell{{kind: house.Silent, name: "Tank", to: 5 * minute, unsure: true}}, length: hour}, nil},
		"at night": {
			trial{
				cfg: Config{Quiet: night}, length: 12 * hour,
				spells: []spell{
					{kind: house.Silent, name: "Loft", from: 3 * hour, to: long},
					{kind: house.Silent, name: "Hall", from: 3 * hour, to: 4 * hour},
					{kind: house.Freezing, name: "Tank", from: 4 * hour, to: long},
				},
			},
			[]string{"01:01:00 phone: Tank freezing begun", "07:00:00 phone: Loft silent begun"},
		},
		"at night, not even what freezes": {
			trial{cfg: Config{Quiet: QuietHours{From: 22 * hour, To: 7 * hour}}, length: 12 * hour, spells: []spell{{kind: house.Freezing, name: "Tank", from: 4 * hour, to: long}}},
			[]string{"07:00:00 phone: Tank freezing begun"},
		},
		"more than it may be told in an hour": {
			trial{
				cfg: Config{PerHour: 2}, length: 2 * hour,
				spells: []spell{
					{kind: house.Silent, name: "Tank", from: 0, to: long},
					{kind: house.Silent, name: "Loft", from: 10 * minute, to: long},
					{kind: house.Silent, name: "Hall", from: 20 * minute, to: long},
					{kind: house.CannotStore, from: 30 * minute, to: long},
				},
			},
			[]string{"21:01:00 phone: Tank silent begun", "21:11:00 phone: Loft silent begun", "22:01:00 phone: Hall silent begun, cannot_store begun"},
		},
		"one that answers 500 for an hour holds up nobody else": {
			trial{cfg: Config{Targets: both}, spells: []spell{tank}, length: 3 * hour, answers: fails("phone", 0, hour)},
			[]string{"21:01:10 mail: Tank freezing begun", "22:07:20 phone: Tank freezing begun"},
		},
		"what is over meanwhile is told all the same, in order": {
			trial{spells: []spell{{kind: house.Silent, name: "Tank", from: 0, to: 10 * minute}}, length: 3 * hour, answers: fails("phone", 0, hour)},
			[]string{"22:07:10 phone: Tank silent begun", "22:07:11 phone: Tank silent over"},
		},
		"what freezes is told beyond what may be told in an hour": {
			trial{
				cfg: Config{PerHour: 4}, length: hour - minute,
				spells: []spell{
					{kind: house.Silent, name: "Tank", from: 0, to: long},
					{kind: house.Silent, name: "Loft", from: 10 * minute, to: long},
					{kind: house.Silent, name: "Hall", from: 20 * minute, to: long},
					{kind: house.CannotStore, from: 30 * minute, to: long},
					{kind: house.Freezing, name: "Tank", from: 40 * minute, to: long},
				},
			},
			[]string{
				"21:01:00 phone: Tank silent begun", "21:11:00 phone: Loft silent begun", "21:21:00 phone: Hall silent begun",
				"21:40:00 phone: Tank freezing begun, cannot_store begun",
			},
		},
		"a Pico that dies after one of its sensors": {
			trial{
				spells: []spell{{kind: house.Silent, name: "Tank", from: 0, to: 10 * minute}}, length: hour,
				change: func(st *house.State, after time.Duration) {
					if after < 10*minute {
						return
					}
					for i := range st.Sensors {
						st.Sensors[i].Silent = true
					}
					st.Conditions = append(st.Conditions, house.Condition{Kind: house.Silent, Sensor: -1, Pico: 0, Since: start})
				},
			},
			[]string{"21:01:00 phone: Tank silent begun", "21:11:00 phone: 192.0.2.10 silent begun"},
		},
		"the owner says that cold is normal": {
			trial{
				spells: []spell{{kind: house.Freezing, name: "Tank", from: 0, to: 10 * minute}}, length: hour,
				change: func(st *house.State, after time.Duration) { st.Sensors[0].HasLimit = after < 10*minute },
			},
			[]string{"21:01:00 phone: Tank freezing begun"},
		},
		"from near to freezing": {
			trial{
				cfg:    Config{Targets: []Target{{Name: "phone", On: []house.Kind{house.Near, house.Freezing}}}},
				spells: []spell{{kind: house.Near, name: "Tank", from: 0, to: 10 * minute}, {kind: house.Freezing, name: "Tank", from: 10 * minute, to: long}},
				length: hour, change: func(st *house.State, after time.Duration) { st.Sensors[0].Freezing = after >= 10*minute },
			},
			[]string{"21:01:00 phone: Tank near begun", "21:11:00 phone: Tank freezing begun"},
		},
		"back before its end was told": {
			trial{
				spells: []spell{{kind: house.Silent, name: "Tank", from: 0, to: 10 * minute}, {kind: house.Silent, name: "Tank", from: 10*minute + 40*sec, to: long}},
				length: hour,
			},
			[]string{"21:01:00 phone: Tank silent begun"},
		},
		"over in the quiet hours and back in them": {
			trial{
				cfg: Config{Quiet: night}, length: 12 * hour,
				spells: []spell{{kind: house.Silent, name: "Tank", from: 0, to: 2 * hour}, {kind: house.Silent, name: "Tank", from: 3 * hour, to: long}},
			},
			[]string{"21:01:00 phone: Tank silent begun"},
		},
		"killed before the attempt": {
			trial{spells: []spell{tank}, length: hour, kills: []time.Duration{70 * sec, 71 * sec, 30 * minute}},
			[]string{"21:01:10 phone: Tank freezing begun"},
		},
		"killed while it is tried again": {
			trial{spells: []spell{tank}, length: hour, kills: []time.Duration{75 * sec}, answers: fails("phone", 0, 2*minute)},
			[]string{"21:02:25 phone: Tank freezing begun"},
		},
		"killed behind the attempt": {
			trial{spells: []spell{tank}, length: hour, kills: []time.Duration{70 * sec}, behind: true}, []string{"21:01:10 phone: Tank freezing begun"},
		},
		"killed before anybody was told, and it froze for a moment only": {
			trial{spells: []spell{{kind: house.Freezing, name: "Tank", from: 10 * sec, to: 40 * sec}}, length: hour, kills: []time.Duration{40 * sec}},
			[]string{"21:10:40 phone: Tank freezing begun, Tank freezing over"},
		},
		"killed before anybody was told, and it freezes on": {
			trial{spells: []spell{tank}, length: hour, kills: []time.Duration{40 * sec}}, []string{"21:01:10 phone: Tank freezing begun"},
		},
		"killed, and it is over": {
			trial{spells: []spell{{kind: house.Freezing, name: "Tank", from: 10 * sec, to: 20 * minute}}, length: hour, kills: []time.Duration{10 * minute, 20*minute + 30*sec}},
			[]string{"21:01:10 phone: Tank freezing begun", "21:30:30 phone: Tank freezing over"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.trial.run()); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAHouseThatHasToHearFirst holds that an incident goes on over a restart although
// the house does not know of it at once.
func TestAHouseThatHasToHearFirst(t *testing.T) {
	r := trial{
		spells: []spell{
			{kind: house.NoPackets, from: 0, to: 20 * time.Minute}, {kind: house.NoPackets, from: 25 * time.Minute, to: time.Hour},
		},
		length: 2 * time.Hour, kills: []time.Duration{20 * time.Minute},
	}
	want := []string{"21:01:00 phone: no_packets begun", "22:00:59 phone: no_packets over"}
	if diff := cmp.Diff(want, r.run()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestDamagedState(t *testing.T) {
	for _, text := range []string{"", "x", "{", `{"version":99}`, `{"version":1,"incidents":[{"kind":"\u001b","told":{"a":"2026-01-05T21:00:00Z"}}],"targets":{"phone":null}}`} {
		r := trial{spells: []spell{{kind: house.Freezing, name: "Tank", to: time.Hour}}, length: 5 * time.Minute, saved: []byte(text)}
		if got := r.run(); len(got) != 1 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestATakenOverHouse is a dashboard whose service went away: what that told is not told
// again, and what is new waits for it to come back.
func TestATakenOverHouse(t *testing.T) {
	minute := time.Minute
	r := trial{
		spells: []spell{{kind: house.Freezing, name: "Tank", to: 20 * minute}, {kind: house.Silent, name: "Loft", from: 10 * time.Second, to: time.Hour}},
		length: 30 * minute,
		told:   at(start, []spell{{kind: house.Freezing, name: "Tank", to: minute}}), notBefore: start.Add(2 * minute),
	}
	want := []string{"21:02:00 phone: Loft silent begun", "21:20:59 phone: Tank freezing over"}
	if diff := cmp.Diff(want, r.run()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestADiskThatHangs holds that nobody waits for it but the message that is to be saved.
func TestADiskThatHangs(t *testing.T) {
	hangs, release := make(chan struct{}), make(chan struct{})
	now := start
	n := New(Config{Targets: []Target{{Name: "phone"}}}, Options{
		Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
		Save: func([]byte) error { close(hangs); <-release; return nil },
	})
	n.Update(at(now, []spell{{kind: house.Silent, name: "Tank", to: time.Hour}}))
	n.next(n.cfg.Targets[0])
	now = now.Add(2 * time.Minute)
	n.Update(at(now, []spell{{kind: house.Silent, name: "Tank", to: time.Hour}}))
	done := make(chan *Message)
	go func() { done <- n.next(Target{Name: "phone"}) }()
	<-hangs
	n.Update(at(now, nil))
	n.SetConfig(Config{Targets: []Target{{Name: "phone"}}})
	if s := n.Stats(); len(s) != 1 || s[0].Waiting != 1 {
		t.Errorf("%+v", s)
	}
	close(release)
	if m := <-done; m == nil || len(m.Lines) != 1 {
		t.Errorf("%+v", m)
	}
}

// TestWhatTheHeartbeatSays holds when a house is well heard.
func TestWhatTheHeartbeatSays(t *testing.T) {
	tests := map[string]struct {
		spells []spell
		change func(st *house.State)
		later  time.Duration
		want   bool
	}{
		"all is well":                    {want: true},
		"something is wrong, and heard":  {spells: []spell{{kind: house.Freezing, name: "Tank", to: time.Hour}}, want: true},
		"nothing is heard":               {spells: []spell{{kind: house.NoPackets, to: time.Hour}}},
		"every sensor is silent":         {change: func(st *house.State) { st.Sensors = nil }},
		"nobody looks after it any more": {later: 2 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := trial{now: start}
			n := r.notifier()
			if n.isHeard() {
				t.Error("heard before the first look")
			}
			st := at(start, tt.spells)
			if tt.change != nil {
				tt.change(&st)
			}
			n.Update(st)
			r.now = r.now.Add(tt.later)
			if n.isHeard() != tt.want {
				t.Errorf("want %v", tt.want)
			}
		})
	}
}

func TestTexts(t *testing.T) {
	r := &trial{spells: []spell{
		{kind: house.Freezing, name: "Tank", to: 2 * time.Hour}, {kind: house.Silent, name: "Loft", to: 3 * time.Hour},
	}, cfg: Config{RepeatAfter: 150 * time.Minute, Targets: []Target{{Name: "phone"}}}}
	n := r.notifier()
	var texts []string
	for r.now = start; r.now.Before(start.Add(4 * time.Hour)); r.now = r.now.Add(time.Second) {
		n.Update(at(r.now, r.spells))
		if m := n.next(r.cfg.Targets[0]); m != nil {
			texts = append(texts, m.Text())
			n.attempted("phone", nil)
		}
	}
	want := []string{
		"picotop: 2 warnings\nTank 2.0 °C, below 3.0 since 21:00\nLoft: nothing heard since 21:00",
		"picotop: 1 over\nTank is above 3.5 °C again, after 1 h 59 min",
		"picotop: 1 still stands\nLoft: nothing heard since 21:00",
		"picotop: 1 over\nLoft is heard again, after 2 h 59 min",
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDegreesOfTheTexts(t *testing.T) {
	r := &trial{spells: []spell{{kind: house.Freezing, name: "Tank", to: time.Hour}}, cfg: Config{Fahrenheit: true, Targets: []Target{{Name: "phone"}}}}
	n := r.notifier()
	text := ""
	for r.now = start; r.now.Before(start.Add(2 * time.Minute)); r.now = r.now.Add(time.Second) {
		n.Update(at(r.now, r.spells))
		if m := n.next(r.cfg.Targets[0]); m != nil {
			text = m.Text()
			n.attempted("phone", nil)
		}
	}
	if !strings.Contains(text, "Tank 35.6 °F, below 37.4") {
		t.Errorf("%q", text)
	}
}
