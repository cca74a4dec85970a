package config

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"picotop/internal/romcode"
)

// topFields are the keys above all sections, without those of the flags.
func topFields(f *File) []field {
	return []field{
		{key: "limit", doc: "At or below so many degrees Celsius a sensor is freezing.", example: "3.0", read: degrees(&f.Limit)},
		{key: "units", doc: `"celsius" or "fahrenheit" on the screen. In this file all degrees are Celsius.`, example: `"celsius"`, read: oneOf(&f.Units, "celsius", "fahrenheit")},
		{key: "sort", doc: `How the table is sorted at the start: by "pico", "coldest", "name" or "age".`, example: `"pico"`, read: oneOf(&f.Sort, "pico", "coldest", "name", "age")},
	}
}

// sections are the keys with keys of their own.
func sections() []field {
	return []field{
		{key: "sensor", read: readSensors},
		{key: "pico", read: readPicos},
		{key: "quiet_hours", read: readQuiet},
		{key: "notify", read: readTargets},
		{key: "heartbeat", read: readHeartbeat},
		{key: "mqtt", read: readMQTT},
		{key: "remote_write", read: readRemoteWrites},
	}
}

// top reads a whole file.
func (r *reader) top(tree *node) {
	r.fields(tree, "", "", r.topTable())
	r.together()
}

func (r *reader) topTable() []field {
	all := append(topFields(r.file), notifyFields(&r.file.Notify)...)
	for _, o := range r.known.Options {
		all = append(all, o.field())
	}
	return append(all, sections()...)
}

func (r *reader) topKeys() []string { return keysOf(r.topTable()) }

func keysOf(fields []field) []string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, f.key)
	}
	return keys
}

const sensorExample = "[sensor.ColdWaterTank]"

// sensorFields are the keys of one sensor.
func sensorFields(s *Sensor) []field {
	return []field{
		{key: "name", doc: "What it is called on the screen and in messages.", example: `"Cold water tank"`, read: words(&s.Name)},
		{key: "area", doc: "The room it is in, for Home Assistant. Without it: that of its Pico.", example: `"Loft"`, read: words(&s.Area)},
		{key: "limit", doc: `It freezes at or below so many degrees Celsius. "off" where cold is normal.`, example: "2.0", read: threshold(&s.Limit)},
		{key: "high", doc: `It is too warm at or above so many degrees Celsius. "off" is usual.`, example: "60.0", read: threshold(&s.High)},
		{key: "rate", doc: "It changes too fast by more than so many degrees an hour, up or down.", example: "10.0", read: rate(&s.Rate)},
		{key: "hidden", doc: "Not shown, though it is watched and stored.", example: "false", read: truth(&s.Hidden)},
		{key: "outside", doc: "It measures the air outside: shown in the header, and cold is normal.", example: "false", read: truth(&s.Outside)},
		{key: "interval", doc: "How often it sends. Else that is learnt.", example: `"15s"`, read: span(&s.Interval, time.Second, 24*time.Hour, false)},
	}
}

func sensorKeys() []string { return keysOf(sensorFields(new(Sensor))) }

// SensorKey is how a sensor is found in the rules: its ROM code in the one spelling,
// or else its name in lower case without blanks.
func SensorKey(name string) string {
	if romcode.IsCode(name) {
		return romcode.Canonical(name)
	}
	return strings.ToLower(strings.Join(strings.Fields(name), ""))
}

// nearlyCode reports whether a name is a ROM code with a digit too many or too few.
func nearlyCode(name string) (digits int, nearly bool) {
	s := strings.ToLower(strings.NewReplacer("-", "", ":", "", ".", "", " ", "", "_", "").Replace(name))
	return len(s), strings.HasPrefix(s, "28") && strings.Trim(s, "0123456789abcdef") == "" && len(s) >= 12 && !romcode.IsCode(name)
}

func readSensors(r *reader, v value) {
	if !r.isTable(v.node, "sensor", sensorExample) {
		return
	}
	for _, name := range v.names {
		n := v.under[name]
		header := headerOf("sensor", name)
		if n.kind != table {
			known := sensorKeys()
			hint := "write it like this: " + sensorExample + ", and its keys below"
			if slices.Contains(known, name) {
				r.fail(n.line, "name the sensor: "+sensorExample, "which sensor does %s belong to? [sensor] has no name", name)
				continue
			}
			r.fail(n.line, hint, "%s is a sensor, and so a section, not %s", header, n.kind)
			continue
		}
		key := SensorKey(name)
		if digits, nearly := nearlyCode(name); nearly {
			r.fail(n.line, "copy it from the screen: Enter on the sensor shows it", "a ROM code has 16 digits, and %s has %d", plain(name), digits)
			continue
		}
		if first, twice := r.file.lines["sensor."+key]; twice {
			r.fail(n.line, "put all of it into one section", "%s is the sensor of line %d again", header, first)
			continue
		}
		s := Sensor{}
		r.file.lines["sensor."+key] = n.line
		r.fields(n, "sensor."+key, header, sensorFields(&s))
		r.file.Sensors[key] = s
	}
}

// headerOf is the header of a section as it is written.
func headerOf(kind, name string) string {
	if name == "" || strings.Trim(name, bare) != "" {
		return "[" + kind + "." + quoted(name) + "]"
	}
	return "[" + kind + "." + plain(name) + "]"
}

const picoExample = `[pico."192.168.1.57"]`

// picoFields are the keys of one Pico.
func picoFields(p *Pico) []field {
	return []field{
		{key: "name", doc: "What it is called on the screen and in messages.", example: `"Loft"`, read: words(&p.Name)},
		{key: "area", doc: "The room it is in, for Home Assistant; that of its sensors, too, unless theirs say otherwise.", example: `"Loft"`, read: words(&p.Area)},
	}
}

func readPicos(r *reader, v value) {
	if !r.isTable(v.node, "pico", picoExample) {
		return
	}
	for _, name := range v.names {
		n := v.under[name]
		addr, err := netip.ParseAddr(name)
		if err != nil {
			if whole, ok := dotted(name, n); ok {
				r.fail(n.line, "write "+headerOf("pico", whole), "the address of a Pico stands in quotes")
				continue
			}
			r.fail(n.line, "write it like this: "+picoExample, "a Pico is named by its address, and %s is none", quoted(name))
			continue
		}
		if !r.isTable(n, "pico."+name, picoExample) {
			continue
		}
		addr = addr.Unmap()
		if first, twice := r.file.lines["pico."+addr.String()]; twice {
			r.fail(n.line, "put all of it into one section", "%s is the Pico of line %d again", plain(name), first)
			continue
		}
		p := Pico{}
		r.file.lines["pico."+addr.String()] = n.line
		r.fields(n, "pico."+addr.String(), headerOf("pico", name), picoFields(&p))
		r.file.Picos[addr] = p
	}
}

// dotted is the address of [pico.192.168.1.57], which is taken for four names.
func dotted(name string, n *node) (whole string, ok bool) {
	for n.kind == table && len(n.names) == 1 && n.under[n.names[0]].kind == table {
		name += "." + n.names[0]
		n = n.under[n.names[0]]
	}
	_, err := netip.ParseAddr(name)
	return name, err == nil
}

// together checks what has to go together.
func (r *reader) together() {
	f := r.file
	for key, s := range f.Sensors {
		limit := f.Limit
		if s.Limit.Set {
			limit = s.Limit.Celsius
		}
		if s.High.Set && !s.High.Off && !s.Limit.Off && !s.Outside && s.High.Celsius <= limit {
			line := f.lines["sensor."+key+".high"]
			r.fail(line, "write a higher one, or limit = \"off\"", "high is %v, and that is not above the limit of %v: it would be too warm and freezing at once", s.High.Celsius, limit)
		}
	}
	r.targetsTogether()
}
