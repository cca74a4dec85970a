package wording

import (
	"fmt"
	"slices"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// Condition is [Condition] in this style.
func (s Style) Condition(state house.State, c house.Condition) string {
	text := ""
	switch {
	case c.Kind.OfHouse():
		text = houseCondition(state, c)
	case c.Pico >= 0 && c.Pico < len(state.Picos):
		text = picoCondition(state, state.Picos[c.Pico], c)
	case c.Sensor >= 0 && c.Sensor < len(state.Sensors):
		text = s.sensorCondition(state, state.Sensors[c.Sensor], c)
	}
	switch {
	case text == "":
	case c.Acknowledged:
		text += " (acknowledged)"
	case c.Quiet(state.At):
		text += " (snoozed until " + Moment(c.Snoozed, state.At) + ")"
	}
	return text
}

// since says since when something is; empty if nobody knows.
func since(t time.Time, state house.State) string {
	if t.IsZero() {
		return ""
	}
	return " since " + Moment(t, state.At)
}

// normally says how often something is heard else; empty if nobody knows.
func normally(interval time.Duration) string {
	if interval == 0 {
		return ""
	}
	return ", normally " + format.Interval(interval)
}

func houseCondition(state house.State, c house.Condition) string {
	switch text := eventTexts[c.Kind]; c.Kind {
	case house.ClockNotSet: // so nobody knows since when
		return withText(text, c.Text)
	case house.NoPackets:
		return withText(text+since(c.Since, state), c.Text) + "; find out why: picotop doctor"
	default:
		return withText(text+since(c.Since, state), c.Text)
	}
}

func picoCondition(state house.State, p house.Pico, c house.Condition) string {
	if c.Kind == house.Upload {
		return withText(fmt.Sprintf("%s: its feed calls fail%s", p.Label(), since(c.Since, state)), c.Text)
	}
	which := fmt.Sprintf("its %d sensors", p.Sensors)
	if p.Sensors == 1 {
		which = "its one sensor"
	}
	return fmt.Sprintf("%s: nothing heard from %s%s%s", p.Label(), which, since(c.Since, state), normally(p.Interval))
}

func (s Style) sensorCondition(state house.State, sensor house.Sensor, c house.Condition) string {
	var (
		label = sensor.Label()
		now   = label + " " + s.degrees(sensor.Celsius)
		start = since(c.Since, state)
	)
	switch c.Kind {
	case house.Freezing:
		if sensor.Silent {
			return fmt.Sprintf("%s was %s, limit %s; nothing heard%s", label, s.degrees(sensor.Celsius), s.number(sensor.Limit), since(sensor.Heard, state))
		}
		return now + ", " + s.whereToLimit(sensor) + start + s.trend(sensor.PerHour) + s.forecast(state, sensor)
	case house.Silent:
		return label + ": nothing heard" + start + normally(sensor.Interval)
	case house.Broken:
		return fmt.Sprintf("%s: nothing but impossible values%s, the last of them %s; check its wires", label, start, s.degrees(sensor.SetAsideValue))
	case house.TooWarm:
		return now + ", above " + s.number(sensor.HighLimit) + start + s.trend(sensor.PerHour)
	case house.TooFast:
		return now + s.trend(sensor.PerHour) + start + ", more than " + s.difference(sensor.RateLimit)
	case house.Near:
		above := s.difference(max(sensor.Celsius-sensor.Limit, 0))
		return now + ", " + above + " above its limit" + s.trend(sensor.PerHour) + s.forecast(state, sensor)
	case house.Clash:
		return fmt.Sprintf("%s: %s send its ROM code, %s", label, clashing(state, sensor), sensor.Code)
	case house.NameClash:
		return fmt.Sprintf("%s: %s have this name; give one of them another", label, namesakes(state, sensor))
	case house.Replaced:
		return fmt.Sprintf("%s: silent%s, and a new sensor has its name; to give that one its history: picotop history merge %s %s",
			label, since(sensor.Heard, state), sensor.ID, c.Text)
	case house.SetAside:
		return withText(fmt.Sprintf("%s said %s, which is not believed", label, s.degrees(sensor.SetAsideValue)), sensor.SetAsideWhy.Text())
	}
	return fmt.Sprintf("%s: %s%s", label, c.Kind, start)
}

// whereToLimit says where a freezing sensor is relative to its limit: it counts as
// freezing until it is half a degree above.
func (s Style) whereToLimit(sensor house.Sensor) string {
	limit := s.number(sensor.Limit)
	switch {
	case s.number(sensor.Celsius) == limit:
		return "at its limit"
	case sensor.Celsius > sensor.Limit:
		return "not clear of " + limit
	}
	return "below " + limit
}

// forecast says when it will freeze, if that can be told.
func (s Style) forecast(state house.State, sensor house.Sensor) string {
	if sensor.FreezesAt.IsZero() {
		return ""
	}
	return fmt.Sprintf("; %s by %s at that rate", s.frost(), Moment(sensor.FreezesAt, state.At))
}

// clashing names the Picos that send the ROM code of a sensor.
func clashing(state house.State, sensor house.Sensor) string {
	var from []string
	for _, other := range state.Sensors {
		i := slices.IndexFunc(state.Picos, func(p house.Pico) bool { return p.Addr == other.Pico })
		if i >= 0 && other.Clash && other.Code == sensor.Code {
			from = append(from, state.Picos[i].Label())
		}
	}
	if len(from) < 2 {
		return "two Picos"
	}
	return format.List(from)
}

// namesakes lists the sensors of one name that clash.
func namesakes(state house.State, sensor house.Sensor) string {
	var ids []string
	for _, other := range state.Sensors {
		if other.NameClash && other.SensorName == sensor.SensorName {
			ids = append(ids, other.ID)
		}
	}
	if len(ids) < 2 {
		return "two sensors"
	}
	return "the sensors " + format.List(ids)
}
