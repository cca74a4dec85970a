package ui

import (
	"strconv"
	"strings"

	"picotop/house"
	"picotop/internal/format"
)

// topLine says whether all is well, which is what picotop is started for. On a
// narrower screen it says less: what is missed least goes first.
func topLine(s *viewState, width int) string {
	if len(s.house.Sensors) == 0 {
		return firstRunTopLine(s, width)
	}
	var (
		clock   = s.now.In(s.locale.zone).Format("15:04")
		outside = outsideText(s)
		special = "" // what is special about a house that is not here and now
	)
	switch {
	case s.health.Demo:
		special = "made-up house"
	case s.health.Replay != nil:
		special = s.health.Replay.String()
	case s.health.Origin.House != "":
		special = s.health.Origin.House
	}
	if width < minFullWidth {
		if outside != "" {
			outside += " out"
		}
		// The alerts right below say what is wrong.
		calm := ""
		if len(s.house.Conditions) == 0 {
			calm = conditionSummary(s)
		}
		return firstFitting(s, width, "", []topLineText{
			{joinNonEmpty("  ", special, calm), joinNonEmpty("  ", outside, clock)},
			{special, joinNonEmpty("  ", outside, clock)},
			{special, clock},
			{"", clock},
		})
	}
	if outside != "" {
		outside = "outside " + outside
	}
	sensors := format.Count(len(s.house.Sensors), "sensor")
	right := joinNonEmpty("   ", outside, clock)
	return firstFitting(s, width, conditionSummary(s), []topLineText{
		{joinNonEmpty("  ", special, sensors+" on "+format.Count(picoCount(s), "pico")), right},
		{joinNonEmpty("  ", special, sensors), right},
		{special, right},
		{special, clock},
	})
}

// A topLineText is a candidate for the left and the right of the top line.
type topLineText struct{ left, right string }

// firstFitting draws the first of the texts that fits beside the summary of the
// conditions, or else the last.
func firstFitting(s *viewState, width int, conditions string, texts []topLineText) string {
	margin := leftMargin(width)
	for i, t := range texts {
		l := newLine(width).add("", margin).add(s.theme.title, "picotop")
		if t.left != "" {
			l.add("", "  "+t.left)
		}
		if conditions != "" {
			l.add("", "  ").add(s.theme.title, conditions)
		}
		right := "  " + t.right + margin
		if i == len(texts)-1 || l.used+textWidth(right) <= width {
			return l.addAtEdge("", right).String()
		}
	}
	return spaces(width)
}

// picoCount is how many Picos have sensors here.
func picoCount(s *viewState) int {
	n := 0
	for _, p := range s.house.Picos {
		if p.Addr.IsValid() && p.Sensors > 0 {
			n++
		}
	}
	return n
}

// conditionSummary says how many sensors and Picos are freezing or silent and so on, or
// that all is well.
func conditionSummary(s *viewState) string {
	n := map[house.Kind]int{}
	for _, c := range s.house.Conditions {
		if !c.Quiet(s.now) {
			n[c.Kind]++
		}
	}
	var parts []string
	for _, k := range house.Kinds() {
		switch {
		case n[k] == 0 || !serious(k):
		case k.OfHouse():
			parts = append(parts, houseSummaries[k])
		default:
			parts = append(parts, strconv.Itoa(n[k])+" "+strings.ToLower(kindNames[k]))
		}
	}
	// All is well only if trouble would have been heard of.
	heard := (s.health.Feed.Ready() || s.health.Origin.Engine && s.health.Origin.Lost.IsZero()) && !s.health.Feed.LastHeard.IsZero()
	if len(s.house.Conditions) == 0 && (s.health.Demo || s.health.Replay != nil || heard) {
		return "all well"
	}
	return strings.Join(parts, "  ")
}

// houseSummaries say what is wrong with the house as a whole.
var houseSummaries = map[house.Kind]string{
	house.NoPackets:   "nothing heard",
	house.CannotStore: "cannot store",
	house.ClockNotSet: "clock not set",
}

// outsideText is the temperature outside: of the sensor that the owner said measures it,
// or that is called so; empty if there is none.
func outsideText(s *viewState) string {
	for _, sensor := range s.house.Sensors {
		if (sensor.Outside || strings.EqualFold(sensor.SensorName, "outside")) && sensor.Valid {
			text := s.locale.degrees(sensor.Celsius)
			if sensor.Silent {
				text = "(" + text + ")"
			}
			return text
		}
	}
	return ""
}
