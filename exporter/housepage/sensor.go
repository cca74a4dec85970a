package housepage

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
	"picotop/internal/wording"
)

// A sensor is what a page shows of one, in words.
type sensor struct {
	Link      string // to its page
	Name      string
	Now       string // empty if there is no value
	Arrow     direction
	Low, High string // of 24 hours
	Heard     string
	Silent    bool
	Mood      mood
	Badges    []badge
	Notes     []string // sentences in small print
	Chart     chart

	rank int // of its worst condition
}

// A badge is one condition in a word or two.
type badge struct {
	Text string
	Mood mood
}

// A direction is where a temperature goes.
type direction struct{ Sign, Text string }

// arrow is where a sensor's temperature goes. One that is silent goes nowhere.
func arrow(s house.Sensor) direction {
	switch {
	case !s.Valid || s.Silent:
		return direction{}
	case s.PerHour < 0:
		return direction{"↓", "falling"}
	case s.PerHour > 0:
		return direction{"↑", "rising"}
	}
	return direction{"→", "steady"}
}

var badges = map[house.Kind]string{
	house.Freezing: "freezing", house.Silent: "silent", house.Broken: "broken", house.TooWarm: "too warm",
	house.TooFast: "changes too fast", house.Near: "near freezing", house.Clash: "same ROM code as another",
	house.NameClash: "same name as another", house.Replaced: "replaced", house.SetAside: "? not believed",
}

var coldReasons = map[house.ColdReason]string{
	house.ColdByName:     "Cold is normal here: its name says so.",
	house.ColdByHabit:    "Cold is normal here: it is cold on most of its days.",
	house.ColdByConfig:   "Cold is normal here: the config file says so.",
	house.ColdByDecision: "Cold is normal here: you said so.",
}

// viewOf says in words what is known of a sensor. The conditions that are quiet do not
// make it worse.
func viewOf(s house.Sensor, now time.Time, quiet map[house.Kind]bool) sensor {
	v := sensor{
		Name: s.Label(), Arrow: arrow(s), Low: extreme(s.Low), High: extreme(s.High),
		Heard: heard(s, now), Silent: s.Silent, Mood: well, rank: len(house.Kinds()),
	}
	if s.Valid {
		v.Now = format.Celsius(s.Celsius)
	}
	for rank, k := range house.Kinds() {
		switch {
		case !s.Is(k):
		case quiet[k]:
			v.Badges = append(v.Badges, badge{badges[k] + ", quiet", well})
		default:
			v.Badges = append(v.Badges, badge{badges[k], moodOf(k)})
			if v.Mood == well {
				v.Mood, v.rank = moodOf(k), rank
			}
		}
	}
	if !s.FreezesAt.IsZero() {
		v.Notes = append(v.Notes, "At this rate 0 °C by "+wording.Moment(s.FreezesAt, now)+".")
	}
	if text := coldReasons[s.Cold]; text != "" {
		v.Notes = append(v.Notes, text)
	}
	if s.SetAside {
		v.Notes = append(v.Notes, fmt.Sprintf("%s °C was not believed: %s; %d so far.",
			format.Celsius(s.SetAsideValue), whyText(s.SetAsideWhy), s.SetAsideCount))
	}
	return v
}

func whyText(why house.Doubt) string {
	if why == "" {
		return "the next reading decides"
	}
	return why.Text()
}

// A sensorView is what the page of one sensor shows.
type sensorView struct {
	Place    place
	Missing  []string // what keeps the page from being up to date, of one of several houses
	Style    template.CSS
	Version  string
	At       string
	Sensor   sensor
	ROM      string
	Limit    string // empty if there is none
	Warnings []string
	Week     chart
	Days     []dayRow // newest first
}

// A dayRow is the lowest and the highest of one day.
type dayRow struct{ Day, Low, High string }

func (p *Pages) sensorView(ctx context.Context, state house.State, i int, at place) sensorView {
	ctx, cancel := context.WithTimeout(ctx, chartsTimeout)
	defer cancel()
	p.charts.forget(state.At)
	s := state.Sensors[i]
	v := sensorView{
		Place: at, Style: style, Version: p.Version, At: state.At.Format("15:04:05"),
		Sensor: viewOf(s, state.At, quietOnes(state)[i]), ROM: s.Code,
	}
	v.Sensor.Chart = p.charts.get(ctx, s, dayLarge, state.At)
	v.Week = p.charts.get(ctx, s, week, state.At)
	v.Days = daysOf(v.Week.buckets, state.At)
	if at.Several {
		v.Missing = p.Missing()
	}
	if s.HasLimit {
		v.Limit = format.Celsius(s.Limit)
	}
	for _, c := range state.Conditions {
		if c.Sensor == i {
			v.Warnings = append(v.Warnings, wording.Condition(state, c))
		}
	}
	return v
}

// daysOf sums buckets up by the days of the clock on the wall, newest first.
func daysOf(buckets []Bucket, now time.Time) []dayRow {
	var rows []dayRow
	var low, high float64
	last := ""
	for _, b := range buckets {
		if b.Count == 0 {
			continue
		}
		name := b.Start.In(now.Location()).Format("Monday 2 January")
		if name != last {
			rows, low, high, last = append(rows, dayRow{Day: name}), b.Min, b.Max, name
		}
		low, high = min(low, b.Min), max(high, b.Max)
		rows[len(rows)-1].Low, rows[len(rows)-1].High = format.Celsius(low), format.Celsius(high)
	}
	slices.Reverse(rows)
	return rows
}

// altText tells what a chart shows to those who do not see it.
func altText(s house.Sensor, span *span, low, high float64, some bool) string {
	text := []string{s.Label() + ", " + span.text + ": "}
	if !some {
		return text[0] + "nothing recorded"
	}
	text = append(text, fmt.Sprintf("from %s to %s °C", format.Celsius(low), format.Celsius(high)))
	switch a := arrow(s); {
	case s.Silent:
		text = append(text, ", silent now")
	case s.Valid:
		text = append(text, ", now "+format.Celsius(s.Celsius)+", "+a.Text)
	}
	return strings.Join(text, "")
}
