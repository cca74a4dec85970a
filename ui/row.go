package ui

import (
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// A row is one sensor in the table.
type row struct {
	sensor        house.Sensor
	sparklineData sparklineData
	sparkline     cachedSparkline

	age   string    // since it was last heard, as shown
	ageAt time.Time // the full ageStep at which age was taken
	late  bool      // whether a packet is overdue

	sortName    string  // the name to sort by: DisplayName in lower case
	sortCelsius float64 // the temperature to sort by
}

// update takes the sensor's new state. The age of a row that is on time advances
// in steps of ageStep.
func (r *row) update(s house.Sensor, now time.Time) {
	r.sensor = s
	r.sortName = strings.ToLower(s.DisplayName)
	r.updateSortCelsius()

	late, ageAt := s.Silent || s.Late(now), now.Truncate(ageStep)
	switch {
	case late:
		r.age = format.Age(now.Sub(s.Heard))
	case r.late || ageAt != r.ageAt:
		r.age = format.Age(ageAt.Sub(s.Heard))
	}
	r.late, r.ageAt = late, ageAt
}

// markerOf is the marker of the worst condition of a sensor, a blank if it has
// none.
func markerOf(s house.Sensor) byte {
	for _, k := range house.Kinds() {
		if s.Is(k) {
			return markers[k]
		}
	}
	return ' '
}

// markers tell the conditions apart without colour. They are ASCII.
var markers = map[house.Kind]byte{
	house.Freezing:    '!',
	house.Silent:      'x',
	house.Broken:      '#',
	house.NoPackets:   'x',
	house.CannotStore: '*',
	house.ClockNotSet: '*',
	house.TooWarm:     '+',
	house.TooFast:     '/',
	house.Near:        '~',
	house.Upload:      '*',
	house.Clash:       '=',
	house.NameClash:   '&',
	house.Replaced:    '<',
	house.SetAside:    '?',
}

// readingText is the temperature as the table shows it: in parentheses if the
// sensor is silent.
func readingText(s house.Sensor, f locale) string {
	switch {
	case !s.Valid:
		return "-"
	case s.Silent:
		return "(" + f.temp(s.Celsius) + ")"
	default:
		return f.temp(s.Celsius)
	}
}

// view draws the row in the given columns, its sparkline on the shared scale if that is
// not nil.
func (r *row) view(c columns, s *viewState, shared *scale, selected bool) string {
	var (
		sensor      = r.sensor
		value       = readingText(sensor, s.locale)
		marker      = markerOf(sensor)
		l           = newLine(c.width)
		rowStyle    = s.theme.normal
		markerStyle = s.theme.title
	)
	switch {
	case sensor.Freezing, sensor.TooWarm && !sensor.Silent:
		rowStyle, markerStyle = s.theme.alarm, s.theme.badge
	case sensor.Silent, sensor.Broken:
		rowStyle = s.theme.silent
	case sensor.Near, sensor.TooFast:
		rowStyle, markerStyle = s.theme.near, s.theme.near
	}
	if selected {
		rowStyle += s.theme.cursor
		l.add(rowStyle, ">"+string(marker)+" ")
	} else {
		l.add("", " ").add(markerStyle, string(marker)).add("", " ")
	}
	// A value as wide as its column must not touch the name.
	room := min(c.name, c.name+c.value-textWidth(value)-1)
	text := newLine(c.name+c.value).addLeft("", sensor.DisplayName, room)
	l.add(rowStyle, text.addAtEdge("", value).String())

	if c.arrow > 0 {
		l.add("", " "+trendArrow(sensor)+" ")
	}
	// The history of a row that never was on the screen was not requested.
	if c.sparkline > 0 && !r.sparklineData.requestedAt.IsZero() {
		l.addRendered(r.sparkline.draw(r.sparklineData.values(sensor), shared, s.theme), len(r.sparklineData.buckets))
	}
	l.padTo(c.sparklineEnd())
	if c.age > 0 {
		low, high := r.extremes(s.locale)
		l.addRight("", low, c.low)
		l.addRight("", high, c.high)
		ageStyle := s.theme.normal
		if r.late {
			ageStyle = s.theme.late
		}
		l.addRight(ageStyle, r.age, c.age)
	}
	return l.String()
}

// trendArrow points where a temperature is going; a blank if it is steady or if
// the sensor is silent.
func trendArrow(s house.Sensor) string {
	switch {
	case s.Silent || s.PerHour == 0:
		return " "
	case s.PerHour < 0:
		return "↓"
	default:
		return "↑"
	}
}

// extremes are the low and the high of the window. Of the usual one the house knows them,
// of others the sparkline.
func (r *row) extremes(f locale) (low, high string) {
	if r.sparklineData.window.usual() || len(r.sparklineData.buckets) == 0 {
		return extremeText(r.sensor.Low, f), extremeText(r.sensor.High, f)
	}
	a, b, ok := r.sparklineData.extremes()
	if !ok {
		return "-", "-"
	}
	return f.temp(a), f.temp(b)
}

func extremeText(e house.Extreme, f locale) string {
	if e.At.IsZero() {
		return "-"
	}
	return f.temp(e.Celsius)
}
