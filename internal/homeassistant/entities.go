package homeassistant

import (
	"strings"
	"time"

	"picotop/house"
)

// A subject is what has entities: a sensor, a Pico or the house. What describes it
// follows from its fields, so one that is as before need not be described anew.
type subject struct {
	what   string // "sensor", "pico" or "house"
	id     string // safe
	name   string
	area   string
	via    string // identifier of the device that it belongs to
	serial string
	hidden bool
	expire time.Duration // of its temperature
	kinds  string        // the conditions that it can be in, with blanks between
}

// A describer describes subjects to Home Assistant.
type describer struct {
	topics
	version string
	expire  map[string]time.Duration // by ID of the sensor
	known   map[string]described     // by what and id
}

type described struct {
	subject
	messages []message
}

func newDescriber(t topics, version string) *describer {
	return &describer{topics: t, version: version, expire: map[string]time.Duration{}, known: map[string]described{}}
}

// kindTexts are the warnings as Home Assistant shows them, with their classes.
var kindTexts = map[house.Kind]struct{ name, class string }{
	house.Freezing:    {"Freezing", "cold"},
	house.Silent:      {"Silent", "problem"},
	house.Broken:      {"Broken", "problem"},
	house.NoPackets:   {"Nothing heard from any Pico", "problem"},
	house.CannotStore: {"Readings cannot be stored", "problem"},
	house.ClockNotSet: {"Clock not set", "problem"},
	house.TooWarm:     {"Too warm", "heat"},
	house.TooFast:     {"Changes too fast", "problem"},
	house.Near:        {"Near its limit", "problem"},
	house.Upload:      {"Feed calls fail", "problem"},
}

// sensorKinds are the warnings that a sensor can have, with its limits.
func sensorKinds(s house.Sensor) []house.Kind {
	kinds := []house.Kind{house.Silent, house.Broken}
	if s.HasLimit {
		kinds = append(kinds, house.Freezing, house.Near)
	}
	if s.HasHighLimit {
		kinds = append(kinds, house.TooWarm)
	}
	if s.RateLimit > 0 {
		kinds = append(kinds, house.TooFast)
	}
	return kinds
}

// alive is what a Pico has in the place of Silent, the other way round: Home Assistant
// has a class for what is connected.
const alive = "alive"

func joined(kinds []house.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, " ")
}

// describe returns the messages that describe a subject.
func (d *describer) describe(s subject) []message {
	key := s.what + "/" + s.id
	if was, ok := d.known[key]; ok && was.subject == s {
		return was.messages
	}
	var list []message
	for _, e := range d.entities(s) {
		list = append(list, message{topic: d.config(e.component, e.objectID), payload: toJSON(e), retain: true})
	}
	d.known[key] = described{s, list}
	return list
}

// forget lets go of what is no longer there.
func (d *describer) forget(seen map[string]bool) {
	for key := range d.known {
		if !seen[key] {
			delete(d.known, key)
			delete(d.expire, key)
		}
	}
}

// identifier is the device of a subject. That of a sensor holds its ROM code and neither
// host nor topic, so that it stays the same device at another picotop.
func (d *describer) identifier(what, id string) string {
	switch what {
	case "sensor":
		return "picotop_" + id
	case "pico":
		return "picotop_pico_" + id
	}
	return d.node
}

func (d *describer) entities(s subject) []entity {
	id := d.identifier(s.what, s.id)
	dev := device{Identifiers: []string{id}, Name: s.name, Area: s.area, Via: s.via, SerialNumber: s.serial}
	switch s.what {
	case "sensor":
		dev.Model = "DS18B20"
	case "pico":
		dev.Model, dev.Manufacturer = "Pico", "Raspberry Pi"
	default:
		dev.Model, dev.Version = "picotop", d.version
	}
	add := func(component, what string, e entity) entity {
		e.component, e.objectID, e.UniqueID = component, s.what+"_"+s.id+"_"+what, id+"_"+what
		e.AvailabilityTopic, e.QoS, e.Device, e.Origin = d.availability(), 1, dev, origin{"picotop", d.version}
		if s.hidden {
			e.Enabled = new(bool)
		}
		return e
	}
	var list []entity
	if s.what == "sensor" {
		list = append(
			list,
			add(sensorComponent, "temperature", entity{
				Name: "Temperature", DeviceClass: "temperature", StateClass: "measurement", Unit: "°C", Precision: 1,
				ExpireAfter: int(s.expire / time.Second), StateTopic: d.subjectTopic(s, readingTopic), ValueTemplate: "{{ value_json.celsius }}",
			}),
			add(sensorComponent, "last_seen", entity{
				Name: "Last seen", DeviceClass: "timestamp", Category: diagnostic,
				StateTopic: d.subjectTopic(s, readingTopic), ValueTemplate: "{{ value_json.last_seen }}",
			}),
		)
	}
	topic := d.subjectTopic(s, conditionsTopic)
	for kind := range strings.FieldsSeq(s.kinds) {
		e := entity{
			StateTopic: topic, ValueTemplate: "{{ value_json." + kind + ".state }}",
			AttributesTopic: topic, AttributesTemplate: "{{ value_json." + kind + " | tojson }}",
		}
		if kind == alive {
			e.Name, e.DeviceClass = "Alive", "connectivity"
		} else {
			text := kindTexts[house.Kind(kind)]
			e.Name, e.DeviceClass = text.name, text.class
		}
		list = append(list, add(binaryComponent, kind, e))
	}
	return list
}

// subjectTopic is where something of a subject is told.
func (d *describer) subjectTopic(s subject, what string) string {
	return d.base + "/" + s.what + "/" + s.id + "/" + what
}
