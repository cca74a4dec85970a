package wording

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"picotop/house"
	"picotop/internal/format"
)

// Table is [Table] in this style. Its columns are as wide as what stands in them on a
// terminal, and no text is cut. Hidden sensors are left out; what is wrong with them is
// not. A line of what is wrong begins with ! if it is a warning that stands, and with -
// if it is for information, or quiet. notes are more of the latter.
func (s Style) Table(w io.Writer, state house.State, notes ...string) error {
	var b strings.Builder
	rows := s.rows(state)
	fmt.Fprintf(&b, "%s\n", summary(state, len(rows)-1))
	if len(rows) > 1 {
		b.WriteString("\n")
		s.writeColumns(&b, rows, sensorColumns)
	}
	var warnings, others []string
	for _, c := range state.Conditions {
		switch text := s.Condition(state, c); {
		case text == "":
		case state.Warns(c):
			warnings = append(warnings, "! "+text)
		default:
			others = append(others, "- "+text)
		}
	}
	for _, text := range notes {
		others = append(others, "- "+text)
	}
	for i, line := range append(warnings, others...) {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.characters(line) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is the first line: how many warnings stand, of how many sensors, and when.
func summary(state house.State, sensors int) string {
	warnings := "all well"
	if n := len(state.Warnings()); n > 0 {
		warnings = format.Count(n, "warning")
	}
	return fmt.Sprintf("%s, %s, %s", warnings, format.Count(sensors, "sensor"), state.At.Format("2006-01-02 15:04"))
}

// sensorColumns are low, now, arrow, high, name, age and remark.
var sensorColumns = []column{
	{gap: 2, right: true}, {gap: 2, right: true}, {gap: 1}, {gap: 2, right: true}, {gap: 2}, {gap: 2, right: true}, {gap: 2},
}

// rows are the cells of the table, its head first.
func (s Style) rows(state house.State) [][]string {
	sensors := slices.DeleteFunc(slices.Clone(state.Sensors), func(s house.Sensor) bool { return s.Hidden })
	slices.SortStableFunc(sensors, worstFirst)
	rows := [][]string{{"low", "now " + s.unit(), "", "high", "name", "age", ""}}
	for _, sensor := range sensors {
		rows = append(rows, []string{
			s.extreme(sensor.Low), s.reading(sensor), arrow(sensor), s.extreme(sensor.High),
			sensor.Label(), format.Age(state.At.Sub(sensor.Heard)), s.remark(sensor),
		})
	}
	return rows
}

// worstFirst orders by the worst condition, and what is freezing or near by its
// temperature. The others stay as they are.
func worstFirst(a, b house.Sensor) int {
	worstA, worstB := worst(a), worst(b)
	if worstA != worstB {
		return cmp.Compare(worstA, worstB)
	}
	if a.Freezing || a.Near {
		return cmp.Compare(a.Celsius, b.Celsius)
	}
	return 0
}

// worst is the rank of a sensor's worst condition, 0 for the worst of all.
func worst(s house.Sensor) int {
	kinds := house.Kinds()
	if i := slices.IndexFunc(kinds, s.Is); i >= 0 {
		return i
	}
	return len(kinds)
}

// reading is the latest temperature, in parentheses if the sensor is silent.
func (s Style) reading(sensor house.Sensor) string {
	switch {
	case !sensor.Valid:
		return "-"
	case sensor.Silent:
		return "(" + s.number(sensor.Celsius) + ")"
	}
	return s.number(sensor.Celsius)
}

func (s Style) extreme(e house.Extreme) string {
	if e.At.IsZero() {
		return "-"
	}
	return s.number(e.Celsius)
}

func arrow(s house.Sensor) string {
	switch {
	case s.Silent || s.PerHour == 0:
		return ""
	case s.PerHour < 0:
		return "↓"
	}
	return "↑"
}

// remark says in a few words what is special about a sensor.
func (s Style) remark(sensor house.Sensor) string {
	var all []string
	for _, k := range house.Kinds() {
		switch {
		case !sensor.Is(k):
		case k == house.SetAside:
			all = append(all, "said "+s.number(sensor.SetAsideValue)+" (?)")
		default:
			all = append(all, remarks[k])
		}
	}
	if sensor.Cold != "" {
		all = append(all, "cold is normal"+coldReasons[sensor.Cold])
	}
	return strings.Join(all, ", ")
}

var remarks = map[house.Kind]string{
	house.Freezing:  "freezing",
	house.Silent:    "silent",
	house.Broken:    "broken",
	house.TooWarm:   "too warm",
	house.TooFast:   "changes too fast",
	house.Near:      "near its limit",
	house.Clash:     "ROM code sent twice",
	house.NameClash: "name used twice",
	house.Replaced:  "replaced",
}

var coldReasons = map[house.ColdReason]string{
	house.ColdByName:     " (by its name)",
	house.ColdByHabit:    " (by its days before)",
	house.ColdByConfig:   " (configured)",
	house.ColdByDecision: " (as you said)",
}
