package housepage

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
	"picotop/internal/wording"
)

// A houseView is what the page of the house shows, all of it in words.
type houseView struct {
	Place    place
	Style    template.CSS
	Version  string
	At       string
	Headline string    // how the house is, in a few words
	Mood     mood      // and how bad that is
	Warnings []warning // worst first, those that are quiet last
	Missing  []string  // what keeps the program from being ready, or the page from being up to date
	Outside  []sensor  // shown large
	Sensors  []sensor  // worst first
	Metrics  string    // the path
}

// A mood is how bad something is. It names a class of the style sheet.
type mood string

const (
	well  mood = "well"
	note  mood = "note" // told as information
	warn  mood = "warn"
	alarm mood = "alarm"
)

// Word says the same to those who do not see the sign.
func (m mood) Word() string {
	return map[mood]string{well: "Well", note: "Note", warn: "Warning", alarm: "Alarm"}[m]
}

// Sign tells the moods apart without colour.
func (m mood) Sign() string {
	return map[mood]string{well: "✓", note: "i", warn: "▲", alarm: "!"}[m]
}

var moods = map[house.Kind]mood{
	house.Freezing: alarm, house.Silent: alarm, house.Broken: alarm,
	house.NoPackets: alarm, house.CannotStore: alarm, house.ClockNotSet: alarm,
	house.TooWarm: warn, house.TooFast: warn, house.Near: warn, house.Upload: warn,
}

func moodOf(k house.Kind) mood { return cmp.Or(moods[k], note) }

// A warning is one line about what is wrong.
type warning struct {
	Text  string
	Mood  mood
	Quiet bool // the owner knows of it: the text says since or until when
}

// warnings are all that are to be shown, of hidden sensors too: a row can be done
// without, a warning cannot. Those that the owner knows of come last.
func warnings(state house.State) []warning {
	var loud, quiet []warning
	for _, c := range state.Conditions {
		text := wording.Condition(state, c)
		if text == "" {
			continue
		}
		w := warning{Text: text, Mood: moodOf(c.Kind), Quiet: c.Quiet(state.At)}
		if w.Quiet {
			quiet = append(quiet, w)
		} else {
			loud = append(loud, w)
		}
	}
	return append(loud, quiet...)
}

// headline says how the house is in a few words.
func headline(state house.State, list []warning) (string, mood) {
	worst, count := well, 0
	for _, w := range list {
		if w.Quiet || w.Mood == note {
			continue
		}
		count++
		if worst != alarm {
			worst = w.Mood
		}
	}
	switch {
	case len(state.Sensors) == 0:
		return "Nothing heard yet", note
	case count > 0:
		return format.Count(count, "warning"), worst
	}
	return "All is well", well
}

func (p *Pages) houseView(ctx context.Context, state house.State, at place) houseView {
	ctx, cancel := context.WithTimeout(ctx, chartsTimeout)
	defer cancel()
	p.charts.forget(state.At)
	v := houseView{
		Place: at, Style: style, Version: p.Version, Metrics: p.Metrics,
		At: state.At.Format("15:04:05"), Warnings: warnings(state), Missing: p.Missing(),
	}
	v.Headline, v.Mood = headline(state, v.Warnings)
	quiet := quietOnes(state)
	for i, s := range state.Sensors {
		if s.Hidden {
			continue
		}
		one := viewOf(s, state.At, quiet[i])
		one.Link = at.sensor(s.ID)
		one.Chart = p.charts.get(ctx, s, day, state.At)
		if isOutside(s) {
			v.Outside = append(v.Outside, one)
		} else {
			v.Sensors = append(v.Sensors, one)
		}
	}
	slices.SortStableFunc(v.Sensors, func(a, b sensor) int { return cmp.Compare(a.rank, b.rank) })
	return v
}

// isOutside reports whether a sensor is shown large. The name is that of the page that
// people had before.
func isOutside(s house.Sensor) bool { return s.Outside || strings.EqualFold(s.SensorName, "outside") }

// quietOnes are the conditions of each sensor that the owner knows of, by its place.
func quietOnes(state house.State) map[int]map[house.Kind]bool {
	list := map[int]map[house.Kind]bool{}
	for _, c := range state.Conditions {
		if c.Sensor < 0 || !c.Quiet(state.At) {
			continue
		}
		if list[c.Sensor] == nil {
			list[c.Sensor] = map[house.Kind]bool{}
		}
		list[c.Sensor][c.Kind] = true
	}
	return list
}

// heard says when a sensor was last heard.
func heard(s house.Sensor, now time.Time) string {
	if s.Heard.IsZero() {
		return ""
	}
	return format.Ago(now.Sub(s.Heard))
}

func extreme(x house.Extreme) string {
	if x.At.IsZero() {
		return ""
	}
	return format.Celsius(x.Celsius)
}
