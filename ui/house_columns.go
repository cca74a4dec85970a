package ui

import (
	"picotop/house"
	"picotop/internal/format"
	"picotop/internal/overview"
)

// houseColumns are the widths of the columns; 0 where there is no room for one.
type houseColumns struct {
	width, name, worst, coldest, sensor, heard int
}

// maxWorst keeps the columns behind what is worst near it.
const maxWorst = 70

func houseColumnsFor(width int, houses []overview.House) houseColumns {
	longest, sensor := len("HOUSE"), 0
	for _, h := range houses {
		longest = max(longest, textWidth(h.Label()))
		sensor = max(sensor, textWidth(h.ColdestSensor))
	}
	c := houseColumns{width: width, name: min(longest, max(width/4, 8)) + 1}
	left := width - markerWidth - c.name
	if width >= 60 {
		c.heard, c.coldest = 7, 9
		left -= c.heard + c.coldest
	}
	if width >= minFullWidth {
		c.sensor = min(sensor, width/5) + 1
		left -= c.sensor
	}
	c.worst = min(max(left, 0), maxWorst)
	return c
}

func (c houseColumns) header(s *viewState) string {
	l := newLine(c.width).padTo(markerWidth).addLeft(s.theme.faint, "HOUSE", c.name).addLeft(s.theme.faint, "WORST", c.worst)
	if c.heard == 0 {
		return l.String()
	}
	l.addRight(s.theme.faint, "COLDEST", c.coldest)
	l.padTo(l.used + c.sensor)
	return l.addRight(s.theme.faint, "HEARD", c.heard).String()
}

// row draws one house.
func (c houseColumns) row(s *viewState, h overview.House, selected bool) string {
	marker := " "
	rowStyle, markerStyle := s.theme.normal, s.theme.title
	if m, ok := markers[h.Kind]; ok {
		marker = string(m)
	}
	switch h.Kind {
	case house.Freezing:
		rowStyle, markerStyle = s.theme.alarm, s.theme.badge
	case house.Silent:
		rowStyle = s.theme.silent
	case house.Near, house.TooWarm, house.TooFast:
		rowStyle, markerStyle = s.theme.near, s.theme.near
	}
	l := newLine(c.width)
	if selected {
		rowStyle += s.theme.cursor
		l.add(rowStyle, ">"+marker+" ")
	} else {
		l.add("", " ").add(markerStyle, marker).add("", " ")
	}
	l.add(rowStyle, newLine(c.name).addLeft("", h.Label(), c.name-1).String())
	worst, room := h.Worst(s.locale.degrees, s.timestamp), max(c.worst-1, 0)
	worst = cutNames(cutNames(worst, room, h.Sensor), room, h.Pico)
	l.addLeft(rowStyle, worst, room).padTo(markerWidth + c.name + c.worst)
	if c.heard == 0 {
		return l.String()
	}
	coldest := ""
	if h.ColdestSensor != "" {
		coldest = s.locale.temp(h.Coldest)
		if h.NothingIsHeard {
			coldest = "(" + coldest + ")"
		}
	}
	l.addRight("", coldest, c.coldest)
	if c.sensor > 0 {
		l.add("", " ").addLeft(s.theme.faint, h.ColdestSensor, c.sensor-1)
	}
	l.padTo(markerWidth + c.name + c.worst + c.coldest + c.sensor)
	heard := "-"
	if !h.Heard.IsZero() {
		heard = format.Age(max(s.now.Truncate(ageStep).Sub(h.Heard), 0))
	}
	return l.addRight("", heard, c.heard).String()
}
