package homeassistant

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/wording"
)

// A condition is told like this; its fields are the attributes of the entity.
type condition struct {
	State        string    `json:"state"`          // on, off or unknown, as below
	Text         string    `json:"text,omitempty"` // what is wrong, as a sentence
	Since        time.Time `json:"since,omitzero"`
	Acknowledged bool      `json:"acknowledged,omitempty"` // the owner knows of it
}

// The states of a binary sensor.
const (
	on      = "ON"
	off     = "OFF"
	unknown = "None"
)

// A reading is told like this.
type reading struct {
	Celsius  float64   `json:"celsius"`
	LastSeen time.Time `json:"last_seen"`
}

// wanted is all that the broker should have of a house.
func (d *describer) wanted(st house.State, cfg Config) []message {
	list := []message{{topic: d.availability(), payload: []byte(online), retain: true}}
	var told []message // after all that describes
	seen := map[string]bool{}
	add := func(s subject, conditions map[string]condition) (added bool) {
		key := s.what + "/" + s.id
		if seen[key] {
			return false // two subjects with one topic would contradict each other for ever
		}
		seen[key] = true
		list = append(list, d.describe(s)...)
		told = append(told, conditionsMessage(d.subjectTopic(s, conditionsTopic), conditions))
		return true
	}
	facts := newFacts(st)
	add(d.house(), facts.house())
	picos := map[netip.Addr]string{}
	for i, p := range st.Picos {
		if !p.Addr.IsValid() || p.Sensors == 0 {
			continue // a stray address, or a stand-in for what only history knows
		}
		s := d.pico(p, cfg)
		picos[p.Addr] = d.identifier(s.what, s.id)
		add(s, facts.pico(i))
	}
	for i := range st.Sensors {
		s := d.sensor(st.Sensors[i], picos, cfg)
		if !add(s, facts.sensor(i)) {
			continue
		}
		if m, ok := d.reading(s, st.Sensors[i]); ok {
			told = append(told, m)
		}
	}
	d.forget(seen)
	return append(list, told...)
}

func (d *describer) house() subject {
	return subject{what: "house", id: "all", name: "picotop", kinds: joined([]house.Kind{house.NoPackets, house.CannotStore, house.ClockNotSet})}
}

func (d *describer) pico(p house.Pico, cfg Config) subject {
	s := subject{what: "pico", id: addrID(p.Addr), name: cmp.Or(p.Name, "Pico "+p.Label()), via: d.node, kinds: alive + " " + string(house.Upload)}
	if cfg.PicoArea != nil {
		s.area = cfg.PicoArea(p)
	}
	return s
}

// addrID is an address as a name in topics.
func addrID(a netip.Addr) string {
	return safe(strings.NewReplacer(".", "-", ":", "-").Replace(a.String()))
}

func (d *describer) sensor(s house.Sensor, picos map[netip.Addr]string, cfg Config) subject {
	id := safe(s.ID)
	key := "sensor/" + id
	d.expire[key] = expireAfter(d.expire[key], s.Interval)
	x := subject{
		what: "sensor", id: id, name: s.Label(), serial: s.Code, via: d.node, hidden: s.Hidden,
		expire: d.expire[key], kinds: joined(sensorKinds(s)),
	}
	if pico, ok := picos[s.Pico]; ok {
		x.via = pico
	}
	if cfg.Area != nil {
		x.area = cfg.Area(s)
	}
	return x
}

// reading is the latest temperature of a sensor. Of a silent one there is none: that at
// Home Assistant expires.
func (d *describer) reading(s subject, sensor house.Sensor) (m message, ok bool) {
	if !sensor.Valid || sensor.Silent || sensor.Heard.IsZero() {
		return message{}, false
	}
	return message{
		topic: d.subjectTopic(s, readingTopic), described: d.config(sensorComponent, "sensor_"+s.id+"_temperature"),
		payload: toJSON(reading{Celsius: sensor.Celsius, LastSeen: sensor.Heard.UTC().Truncate(time.Millisecond)}),
	}, true
}

// conditionsMessage tells at once what begins and ends, and not each word of a text that
// tells of temperatures.
func conditionsMessage(topic string, conditions map[string]condition) message {
	states := map[string]condition{}
	for kind, c := range conditions {
		states[kind] = condition{State: c.State, Acknowledged: c.Acknowledged}
	}
	return message{topic: topic, payload: toJSON(conditions), essence: string(toJSON(states)), retain: true}
}

// facts finds what is wrong with what.
type facts struct {
	st     house.State
	listed map[about]house.Condition
}

// about is what a condition is of: indexes as in house.Condition.
type about struct {
	kind         house.Kind
	sensor, pico int
}

func newFacts(st house.State) facts {
	f := facts{st: st, listed: make(map[about]house.Condition, len(st.Conditions))}
	for _, c := range st.Conditions {
		f.listed[about{c.Kind, c.Sensor, c.Pico}] = c
	}
	return f
}

// tell is a condition that stands.
func (f facts) tell(c house.Condition) condition {
	if c.Unsure { // nothing was heard since the start: that may be by chance
		return condition{State: unknown}
	}
	told := condition{State: on, Since: c.Since.UTC().Truncate(time.Second), Acknowledged: c.Quiet(f.st.At)}
	if c.Since.IsZero() {
		told.Since = time.Time{}
	}
	c.Acknowledged, c.Snoozed = false, time.Time{} // told beside it
	told.Text = wording.Condition(f.st, c)
	return told
}

func (f facts) one(a about) condition {
	if c, ok := f.listed[a]; ok {
		return f.tell(c)
	}
	return condition{State: off}
}

func (f facts) house() map[string]condition {
	all := map[string]condition{}
	for _, k := range []house.Kind{house.NoPackets, house.CannotStore, house.ClockNotSet} {
		all[string(k)] = f.one(about{k, -1, -1})
	}
	return all
}

func (f facts) pico(i int) map[string]condition {
	heard := f.one(about{house.Silent, -1, i})
	switch heard.State {
	case on:
		heard.State = off
	case off:
		heard.State = on
	}
	return map[string]condition{alive: heard, string(house.Upload): f.one(about{house.Upload, -1, i})}
}

func (f facts) sensor(i int) map[string]condition {
	s := f.st.Sensors[i]
	all := map[string]condition{}
	for _, k := range sensorKinds(s) {
		c := f.one(about{k, i, -1})
		if c.State == off && s.Is(k) { // its Pico's condition tells of it
			silent := house.Condition{Kind: k, Sensor: i, Pico: -1, Since: s.Heard}
			for p := range f.st.Picos {
				if of, ok := f.listed[about{k, -1, p}]; ok && f.st.Picos[p].Addr == s.Pico {
					silent.Unsure, silent.Acknowledged, silent.Snoozed = of.Unsure, of.Acknowledged, of.Snoozed
				}
			}
			c = f.tell(silent)
		}
		all[string(k)] = c
	}
	return all
}
