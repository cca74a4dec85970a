package homeassistant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picotop/house"
	"picotop/internal/goldentest"
)

func TestWholeHouse(t *testing.T) {
	var out bytes.Buffer
	for _, m := range aDescriber().wanted(aHouse(), rooms()) {
		kept := ""
		if m.retain {
			kept = " (retained)"
		}
		fmt.Fprintf(&out, "%s%s\n", m.topic, kept)
		if err := json.Indent(&out, m.payload, "", "  "); err != nil {
			out.Write(m.payload)
		}
		out.WriteString("\n\n")
	}
	goldentest.Compare(t, "testdata/house.txt", out.Bytes())
}

// What Home Assistant documents, as of 2025: the keys of an entity are those of
// https://www.home-assistant.io/integrations/sensor.mqtt/ and
// https://www.home-assistant.io/integrations/binary_sensor.mqtt/, those of its origin stand in
// https://www.home-assistant.io/integrations/mqtt/#adding-information-about-the-origin-of-a-discovery-message.
// It refuses an entity with any other.
var (
	commonFields = "availability availability_mode availability_template availability_topic device " +
		"device_class enabled_by_default encoding entity_category entity_picture expire_after " +
		"force_update icon json_attributes_template json_attributes_topic name object_id origin " +
		"payload_available payload_not_available platform qos state_topic unique_id value_template"
	documented = map[string]map[string]bool{
		"sensor":        words(commonFields, "last_reset_value_template options suggested_display_precision state_class unit_of_measurement"),
		"binary_sensor": words(commonFields, "off_delay payload_off payload_on"),
		"device": words("configuration_url connections hw_version identifiers manufacturer model model_id name " +
			"serial_number suggested_area sw_version via_device"),
		"origin": words("name sw_version support_url"),
	}
	// https://www.home-assistant.io/integrations/sensor/#device-class and
	// https://www.home-assistant.io/integrations/binary_sensor/#device-class, as far as used.
	classes = map[string]map[string]bool{
		"sensor":        words("temperature timestamp"),
		"binary_sensor": words("cold connectivity heat problem"),
	}
)

func words(texts ...string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(strings.Join(texts, " ")) {
		all[w] = true
	}
	return all
}

func TestDocumentedFields(t *testing.T) {
	ids := map[string]string{}
	for _, m := range aDescriber().wanted(aHouse(), rooms()) {
		parts := strings.Split(m.topic, "/")
		if parts[0] != DefaultDiscovery {
			continue
		}
		if len(parts) != 5 || parts[4] != "config" || !m.retain {
			t.Errorf("%s: not retained, or not prefix/component/node/object/config", m.topic)
		}
		var e map[string]json.RawMessage
		if err := json.Unmarshal(m.payload, &e); err != nil {
			t.Fatalf("%s: %v", m.topic, err)
		}
		check := func(what string, fields map[string]json.RawMessage) {
			for key := range fields {
				if !documented[what][key] {
					t.Errorf("%s: %s has the unknown key %s", m.topic, what, key)
				}
			}
		}
		check(parts[1], e)
		for _, inner := range []string{"device", "origin"} {
			var fields map[string]json.RawMessage
			if err := json.Unmarshal(e[inner], &fields); err != nil || fields["name"] == nil {
				t.Errorf("%s: %s: %v", m.topic, inner, err)
			}
			check(inner, fields)
		}
		var typed entity
		if err := json.Unmarshal(m.payload, &typed); err != nil {
			t.Fatal(err)
		}
		if typed.DeviceClass != "" && !classes[parts[1]][typed.DeviceClass] {
			t.Errorf("%s: class %s", m.topic, typed.DeviceClass)
		}
		if other, twice := ids[typed.UniqueID]; twice || typed.UniqueID == "" || typed.StateTopic == "" || len(typed.Device.Identifiers) != 1 {
			t.Errorf("%s: unique_id %q is that of %q", m.topic, typed.UniqueID, other)
		}
		ids[typed.UniqueID] = m.topic
	}
}

// identities are what must not change: the topics that describe, with the IDs there.
func identities(t *testing.T, list []message) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range list {
		if !strings.HasSuffix(m.topic, "/config") {
			continue
		}
		var e entity
		if err := json.Unmarshal(m.payload, &e); err != nil {
			t.Fatal(err)
		}
		all[m.topic] = e.UniqueID + " of " + e.Device.Identifiers[0]
	}
	return all
}

func TestIdentityOutlastsNamesAndRestarts(t *testing.T) {
	st := aHouse()
	d := aDescriber()
	before := identities(t, d.wanted(st, rooms()))
	st.Sensors[0].Name, st.Sensors[0].DisplayName, st.Picos[0].Name = "Tank", "Tank", "Attic"
	renamed := d.wanted(st, Config{})
	if diff := cmp.Diff(before, identities(t, renamed)); diff != "" {
		t.Errorf("renamed:\n%s", diff)
	}
	if diff := cmp.Diff(before, identities(t, aDescriber().wanted(st, rooms()))); diff != "" {
		t.Errorf("after a restart:\n%s", diff)
	}
	if text := allOf(renamed); !strings.Contains(text, `"name":"Tank"`) || strings.Contains(text, "Cold Water Tank\",") || strings.Contains(text, "suggested_area") {
		t.Error("the old name, or the old room, is told still")
	}
}

func allOf(list []message) string {
	var b strings.Builder
	for _, m := range list {
		fmt.Fprintf(&b, "%s %s\n", m.topic, m.payload)
	}
	return b.String()
}

func TestConditions(t *testing.T) {
	silentPico := func(unsure bool) house.State {
		st := aHouse()
		st.Picos[0].Silent = true
		st.Sensors[0].Freezing, st.Sensors[0].Silent = false, true
		st.Conditions = []house.Condition{{Kind: house.Silent, Sensor: -1, Pico: 0, Since: noon.Add(-time10), Unsure: unsure}}
		return st
	}
	for name, c := range map[string]struct {
		st         house.State
		has, lacks []string
	}{
		"a warning stands": {st: aHouse(), has: []string{
			`sensor/28ff641f7616035c/conditions {"broken":{"state":"OFF"},"freezing":{"state":"ON","text":"Cold Water Tank 2.5 °C, below 3.0 since 11:59","since":"2026-01-15T11:59:00Z"}`,
			`"cannot_store":{"state":"ON","text":"readings cannot be stored since 12:00: no space left on device"`,
			`sensor/28ff641f7616035c/reading {"celsius":2.5,"last_seen":"2026-01-15T12:00:00Z"}`,
		}},
		"the owner knows of it":       {st: aHouse(), has: []string{`"silent":{"state":"ON","text":"Outside: nothing heard since 11:00","since":"2026-01-15T11:00:00Z","acknowledged":true}`}},
		"a silent sensor":             {st: aHouse(), lacks: []string{"sensor/28ff4a02b3170485_2_05eec376/reading {"}},
		"one without a limit":         {st: aHouse(), lacks: []string{"485_2_05eec376_freezing", "485_2_05eec376_near"}, has: []string{"485_2_05eec376_too_fast", "485_2_05eec376_too_warm"}},
		"a silent Pico":               {st: silentPico(false), has: []string{`{"alive":{"state":"OFF","text":"Loft: nothing heard from its 2 sensors since 11:50"`, `"silent":{"state":"ON","text":"Cold Water Tank: nothing heard since 12:00`}},
		"silent since the start only": {st: silentPico(true), has: []string{`{"alive":{"state":"None"}`, `"silent":{"state":"None"}`}, lacks: []string{`"silent":{"state":"ON"`}},
	} {
		t.Run(name, func(t *testing.T) {
			text := allOf(aDescriber().wanted(c.st, Config{}))
			for _, s := range c.has {
				if !strings.Contains(text, s) {
					t.Errorf("%s is missing", s)
				}
			}
			for _, s := range c.lacks {
				if strings.Contains(text, s) {
					t.Errorf("%s is there", s)
				}
			}
		})
	}
}

const time10 = 10 * 60 * 1e9

// The law: whatever a sensor and a host are called, topics have their levels and nothing
// that MQTT takes for more, and the JSON says the name.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"Loft", "a/b+c#", "", "\"},{", "Küche \U0001F525", "~2", strings.Repeat("x/", 200), "$SYS"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, host string) {
		st := aHouse()
		s := &st.Sensors[0]
		name = strings.ToValidUTF8(name, "?") // as the feed cleans it
		s.ID, s.Code, s.Name, s.DisplayName = name, name, name, name
		d := newDescriber(newTopics(Broker{}, host), "1.0")
		for _, m := range d.wanted(st, Config{}) {
			levels := strings.Count(m.topic, "/")
			if strings.ContainsAny(m.topic, "+#$ ") || strings.Contains(m.topic, "//") || levels < 2 || levels > 4 || len(m.topic) > 300+len(host) {
				t.Errorf("topic %q", m.topic)
			}
			if strings.ContainsFunc(m.topic, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
				t.Errorf("topic %q", m.topic)
			}
			if strings.HasPrefix(m.topic, DefaultDiscovery) && m.payload != nil && !json.Valid(m.payload) {
				t.Errorf("%s: %s", m.topic, m.payload)
			}
		}
		var e entity
		if err := json.Unmarshal(d.describe(d.sensor(*s, nil, Config{}))[0].payload, &e); err != nil || e.Device.Name != s.Label() {
			t.Errorf("%q is told as %q, %v", s.Label(), e.Device.Name, err)
		}
	})
}

// TestOneTopicOneMessage has two sensors with one ID: one topic must not be told two things.
func TestOneTopicOneMessage(t *testing.T) {
	st := aHouse()
	twin := st.Sensors[0]
	twin.Celsius++
	st.Sensors = append(st.Sensors, twin)
	seen := map[string]bool{}
	for _, m := range aDescriber().wanted(st, rooms()) {
		if seen[m.topic] {
			t.Errorf("%s is told twice", m.topic)
		}
		seen[m.topic] = true
	}
}

// BenchmarkWanted is what the broker should have of a house of 24 sensors, of which one
// has spoken since.
func BenchmarkWanted(b *testing.B) {
	st := aHouse()
	for n := range 22 {
		s := st.Sensors[0]
		s.ID = fmt.Sprintf("28ff641f761604%02x", n)
		st.Sensors = append(st.Sensors, s)
	}
	d, board := aDescriber(), newBoard()
	for b.Loop() {
		st.Sensors[0].Celsius++
		for _, m := range board.due(d.wanted(st, rooms()), false, noon) {
			board.sent(m, false, noon)
		}
	}
}
