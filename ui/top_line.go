package ui

import (
	"strconv"
	"strings"

	"picotop/house"
)

// topLine answers the question that picotop was started for. On a narrower
// screen it says less, in the order of what can be missed.
func topLine(s *viewState, width int) string {
	var (
		clock   = s.now.In(s.format.zone).Format("15:04")
		outside = outside(s)
		demo    = s.health.Note
	)
	if s.health.Demo {
		demo = "made-up house"
	}
	if width < fullWidth {
		if outside != "" {
			outside += " out"
		}
		// The strip right below tells the troubles.
		calm := ""
		if len(s.house.Conditions) == 0 {
			calm = troubles(s)
		}
		return firstFit(s, width, "", []topText{
			{joinNonEmpty("  ", demo, calm), joinNonEmpty("  ", outside, clock)},
			{demo, joinNonEmpty("  ", outside, clock)},
			{demo, clock},
			{"", clock},
		})
	}
	if outside != "" {
		outside = "outside " + outside
	}
	sensors := count(len(s.house.Sensors), "sensor")
	right := joinNonEmpty("   ", outside, clock)
	return firstFit(s, width, troubles(s), []topText{
		{joinNonEmpty("  ", demo, sensors+" on "+count(picos(s), "pico")), right},
		{joinNonEmpty("  ", demo, sensors), right},
		{demo, right},
		{demo, clock},
	})
}

// topText is what could stand at the left and at the right of the top line.
type topText struct{ left, right string }

// firstFit draws the first of the texts that fits beside the troubles, or
// else the last.
func firstFit(s *viewState, width int, troubles string, texts []topText) string {
	margin := leftMargin(width)
	for i, t := range texts {
		l := newLine(width).add("", margin).add(s.theme.title, "picotop")
		if t.left != "" {
			l.add("", "  "+t.left)
		}
		if troubles != "" {
			l.add("", "  ").add(s.theme.title, troubles)
		}
		right := "  " + t.right + margin
		if i == len(texts)-1 || l.used+textWidth(right) <= width {
			return l.addAtEdge("", right).String()
		}
	}
	return spaces(width)
}

// picos is how many Picos have sensors here.
func picos(s *viewState) int {
	n := 0
	for _, p := range s.house.Picos {
		if p.Addr.IsValid() && p.Sensors > 0 {
			n++
		}
	}
	return n
}

// troubles says how many things are wrong, or that nothing is.
func troubles(s *viewState) string {
	n := map[house.Kind]int{}
	for _, c := range s.house.Conditions {
		n[c.Kind]++
	}
	var parts []string
	for _, k := range house.Kinds() {
		if n[k] > 0 && serious(k) {
			parts = append(parts, strconv.Itoa(n[k])+" "+string(k))
		}
	}
	// All is well only if it would be known.
	if len(s.house.Conditions) == 0 && (s.health.Demo || s.health.Feed.Ready()) {
		return "all well"
	}
	return strings.Join(parts, "  ")
}

// outside is the temperature of the sensor of that name, if there is one.
func outside(s *viewState) string {
	for _, sensor := range s.house.Sensors {
		if strings.EqualFold(sensor.SensorName, "outside") && sensor.Valid {
			text := s.format.degrees(sensor.Celsius)
			if sensor.Silent {
				text = "(" + text + ")"
			}
			return text
		}
	}
	return ""
}

// joinNonEmpty puts the texts that are not empty together.
func joinNonEmpty(sep string, texts ...string) string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return strings.Join(some, sep)
}
