package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/house"
	"picotop/internal/status"
)

// longPast is the winter house with a history of 400 days, in which something was wrong on
// each third of them.
func longPast() *fakeSource {
	f := winter()
	f.health.History.Span = 400 * 24 * time.Hour
	f.past = []house.PastCondition{
		// The house tells of these two itself.
		{Kind: house.Freezing, Sensor: f.state.Sensors[0].ID, Label: "Cold Water Tank", From: monday.Add(-14 * time.Minute), To: monday, Lasts: true},
		{Kind: house.Silent, Pico: true, Label: "shed", From: monday.Add(-107 * time.Minute), To: monday, Lasts: true},
	}
	f.state.Events[0].Sensor = f.state.Sensors[0].ID
	kinds := house.Kinds()
	for day := 3; day < 400; day += 3 {
		c := house.PastCondition{Kind: kinds[day/3%len(kinds)], From: monday.AddDate(0, 0, -day)}
		c.To = c.From.Add(time.Duration(day) * 6 * time.Minute)
		switch {
		case c.Kind == house.Upload || c.Kind == house.Silent:
			c.Pico, c.Label = true, "shed"
		case !c.Kind.OfHouse():
			c.Sensor, c.Label = f.state.Sensors[1].ID, "Loft"
		}
		f.past = append(f.past, c)
	}
	return f
}

// fromEngine makes the source the house of an engine, which is asked for ten years.
func fromEngine(f *fakeSource) {
	f.health.History.Span, f.health.History.Off = 0, true
	f.health.Origin = Origin{From: "http://prometheus:9090", Engine: true, Past: 10 * 365 * 24 * time.Hour}
}

func TestLogReachesBack(t *testing.T) {
	hours := 24 * time.Hour
	tests := map[string]struct {
		change func(*fakeSource)
		keys   []string
		has    []string
		not    string
		asked  int
	}{
		"the first screen reads as much as fills it": {
			keys: []string{"l"}, has: []string{"↓"}, asked: 2,
		},
		"its end reads on, by and by": {keys: []string{"l", "end"}, has: []string{"7 Oct", "↓"}, asked: 3},
		"the end of all is the beginning of the history": {
			keys: []string{"l", "end", "end", "end", "end", "end"}, has: []string{"since 1 December 2024; the history begins there"}, asked: 4,
		},
		"what is found nowhere is looked for to the beginning": {
			keys: []string{"l", "/", "q", "q"}, has: []string{"no event has this text", "since 1 December 2024"}, asked: 4,
		},
		"packets read nothing": {keys: []string{"l", "tab", "end"}, asked: 2},
		"without a history it says so": {
			change: func(f *fakeSource) { f.health.History.Span, f.health.History.Off = 0, true },
			keys:   []string{"l"}, has: []string{"since 5 January 2026; no history is kept, so no more is known"},
		},
		"an engine is asked for its warnings": {
			change: fromEngine,
			keys:   []string{"l", "end", "end", "end", "end", "end", "end"}, has: []string{"no older warnings are kept there"}, asked: 6,
		},
		"an engine that has no warnings": {
			change: func(f *fakeSource) { fromEngine(f); f.past = nil },
			keys:   []string{"l"}, has: []string{"since 5 January 2026; no warnings of before are kept there"}, asked: 6,
		},
		"an engine that does not answer": {
			change: func(f *fakeSource) { fromEngine(f); f.broken = errors.New("asking http://prometheus:9090: no route") },
			keys:   []string{"l"}, has: []string{"the history: asking http://prometheus:9090: no route"}, asked: 1,
		},
		"an alert that is of no sensor": {
			change: func(f *fakeSource) {
				fromEngine(f)
				f.past = []house.PastCondition{{Kind: "PicotopDown", From: monday.Add(-hours), To: monday.Add(-hours + 18*time.Minute)}}
			},
			keys: []string{"l"}, has: []string{" PicotopDown from 21:47 to 22:05, 18 min"}, asked: 6,
		},
		"a recording": {
			change: func(f *fakeSource) {
				f.health.History.Span, f.health.History.Off, f.health.Replay = 0, true, &status.Replay{}
			},
			keys: []string{"l"}, has: []string{"since 5 January 2026; of a recording no more is kept"},
		},
		"a history that is empty": {
			change: func(f *fakeSource) { f.health.History.Span = 0 },
			keys:   []string{"l"}, has: []string{"since 5 January 2026; the history is still empty"},
		},
		"a history that cannot be read": {
			change: func(f *fakeSource) { f.broken = errors.New("the disk\x1b[2J is gone") },
			keys:   []string{"l"}, has: []string{"since 5 January 2026; the history: the disk[2J is gone"}, asked: 1,
		},
		"a history that takes too long": {
			change: func(f *fakeSource) { f.broken = fmt.Errorf("reading: %w", context.DeadlineExceeded) },
			keys:   []string{"l"}, has: []string{"the history: reading farther back takes too long"}, asked: 1,
		},
		"each key tries a history that cannot be read anew": {
			change: func(f *fakeSource) { f.broken = errors.New("gone") },
			keys:   []string{"l", "end", "end"}, asked: 3,
		},
		"opened anew it reads anew": {keys: []string{"l", "l", "l"}, asked: 4},
		"labels are cleaned": {
			change: func(f *fakeSource) {
				f.past = []house.PastCondition{{Kind: "x\x1b", Sensor: "28", Label: "Loft\x1b]0;\u202e", From: monday.Add(-hours), To: monday}}
			},
			keys: []string{"l"}, has: []string{"Loft]0;: x from 21:47 to 5 Jan 21:47, 1 d"}, asked: 4,
		},
		"no more than can be held": {
			change: func(f *fakeSource) {
				f.past = nil
				for i := range house.MaxPast + 1 {
					at := monday.Add(-time.Duration(i+200) * time.Minute)
					f.past = append(f.past, house.PastCondition{Kind: house.Near, Sensor: fmt.Sprint(i), Label: "Loft", From: at, To: at.Add(2 * time.Second)})
				}
			},
			keys: []string{"l", "end", "end", "end"}, has: []string{"less than 1 min", "the last 1000 warnings of the history are shown"}, asked: 1,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := longPast()
			if tt.change != nil {
				tt.change(f)
			}
			m := newTestModel(f, 100, 24)
			for _, k := range tt.keys {
				press(m, k)
				checkFrame(t, m)
			}
			got := render(m)
			for _, want := range tt.has {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not shown:\n%s", want, got)
				}
			}
			if len(f.pastAsked) != tt.asked {
				t.Errorf("asked %d times, want %d: %v", len(f.pastAsked), tt.asked, f.pastAsked)
			}
			if n := strings.Count(got, "Cold Water Tank fell") + strings.Count(got, "Cold Water Tank was"); n > 1 {
				t.Errorf("told %d times:\n%s", n, got)
			}
		})
	}
}

// A key is answered while the history is read, and an answer that nobody waits for any more
// is dropped.
func TestLogDoesNotWait(t *testing.T) {
	f := longPast()
	m := newTestModel(f, 80, 24)
	var asked []pastRequest
	readPast := m.readPast
	m.readPast = func(req pastRequest) tea.Msg {
		asked = append(asked, req)
		return nil
	}
	press(m, "l")
	press(m, "end")
	if got := render(m); len(asked) != 1 || !strings.Contains(got, "reading farther back") {
		t.Fatalf("asked %d times\n%s", len(asked), got)
	}
	press(m, "l", "l")
	if len(asked) != 2 {
		t.Fatalf("asked %d times", len(asked))
	}
	m.Update(readPast(asked[0]))
	if got := m.log.past; len(got.list) != 0 || !got.loading {
		t.Errorf("a late answer was taken: %d", len(got.list))
	}
	m.Update(readPast(asked[1]))
	if len(m.log.past.list) == 0 {
		t.Error("the answer was not taken")
	}
}

func TestPastText(t *testing.T) {
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2025, month, day, hour, minute, 0, 0, time.UTC)
	}
	s := &viewState{now: at(12, 31, 12, 0), locale: locale{zone: time.UTC}}
	tests := map[string]struct {
		c           house.PastCondition
		text, short string
	}{
		"within a day": {
			house.PastCondition{Kind: house.Freezing, Label: "Tank", From: at(3, 3, 10, 25), To: at(3, 3, 10, 43)},
			"Tank was below its limit from 10:25 to 10:43, 18 min", "Tank below limit, 18 min",
		},
		"over a night": {
			house.PastCondition{Kind: house.Silent, Label: "shed", From: at(3, 3, 22, 0), To: at(3, 4, 7, 30)},
			"shed was silent from 22:00 to 4 Mar 07:30, 9 h 30 min", "shed silent, 9h30",
		},
		"into another year": {
			house.PastCondition{Kind: house.TooWarm, Label: "Tank", From: at(12, 31, 22, 0).AddDate(-1, 0, 0), To: at(1, 1, 1, 0)},
			"Tank was too warm from 22:00 to 1 Jan 2025 01:00, 3 h", "Tank too warm, 3h00",
		},
		"until now": {
			house.PastCondition{Kind: house.NoPackets, From: at(12, 31, 10, 0), To: at(12, 31, 11, 59), Lasts: true},
			"nothing heard from any Pico from 10:00 to now, 2 h so far", "nothing heard, 2h00 so far",
		},
		"a moment": {
			house.PastCondition{Kind: house.SetAside, Label: "Tank", From: at(3, 3, 10, 25), To: at(3, 3, 10, 25)},
			"Tank: a reading was doubted from 10:25 to 10:25, less than 1 min", "Tank doubted, 0 s",
		},
		"a kind of a newer picotop": {
			house.PastCondition{Kind: "Flooded", Label: "Tank", From: at(3, 3, 10, 25), To: at(3, 3, 10, 43)},
			"Tank: Flooded from 10:25 to 10:43, 18 min", "Tank: Flooded, 18 min",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := pastText(tt.c, s); got != tt.text {
				t.Errorf("got %q, want %q", got, tt.text)
			}
			if got := tt.c.Label + pastShort(tt.c, s); got != tt.short {
				t.Errorf("short: got %q, want %q", got, tt.short)
			}
		})
	}
}

// On a narrow screen the name is cut, and not what happened and for how long.
func TestLogOnANarrowScreen(t *testing.T) {
	f := longPast()
	f.state.Events = append(f.state.Events, house.Event{
		At: monday.Add(-5 * time.Hour), Kind: house.HeardAgain, Label: "Cold Water Tank in the Loft", Sensor: "28", For: 18 * time.Minute,
	})
	f.past = []house.PastCondition{{
		Kind: house.Near, Sensor: "28", Label: "Cold Water Tank in the Loft", From: monday.AddDate(0, 0, -9), To: monday.AddDate(0, 0, -9).Add(190 * time.Minute),
	}}
	m := newTestModel(f, 40, 20)
	press(m, "l")
	for _, want := range []string{"Cold Water Tank… near limit, 3h10|", "Cold Wate… is heard again, 18 min|"} {
		if got := render(m); !strings.Contains(got, want) {
			t.Errorf("%q is not shown:\n%s", want, got)
		}
	}
}

// That it falls no longer is no news of what has fallen below its limit.
func TestLogOfWhatArrivedAtItsLimit(t *testing.T) {
	event := func(kind house.Kind, text string) house.Event {
		return house.Event{At: monday.Add(-time.Hour), Kind: kind, Label: "Tank", Sensor: "28", Celsius: 3, Text: text}
	}
	tests := map[string]struct {
		events []house.Event
		want   bool
	}{
		"it fell below":  {events: []house.Event{event(house.NearOver, string(house.Freezing)), event(house.Freezing, "")}},
		"it grew warmer": {events: []house.Event{event(house.NearOver, "")}, want: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := longPast()
			f.state.Events = tt.events
			m := newTestModel(f, 80, 24)
			press(m, "l")
			if got := render(m); strings.Contains(got, "no longer falling") != tt.want {
				t.Errorf("want %v:\n%s", tt.want, got)
			}
		})
	}
}

// Every condition has its words.
func TestEveryPastHasWords(t *testing.T) {
	for _, k := range house.Kinds() {
		if w := pastWords[k]; w.long == "" || w.short == "" {
			t.Errorf("%s has none", k)
		}
	}
}
