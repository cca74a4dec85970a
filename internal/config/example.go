package config

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"picotop/house"
)

// allKinds are all conditions, as a value in the file.
func allKinds() string {
	var all []string
	for _, k := range house.Kinds() {
		all = append(all, fmt.Sprintf("%q", string(k)))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// plainKeys are the keys whose values are no secrets.
func plainKeys() []string {
	var q QuietHours
	keys := slices.Concat(keysOf(topFields(new(File))), keysOf(notifyFields(new(Notify))), sensorKeys(), keysOf(quietFields(&q)),
		[]string{"on", "timeout", "every", "group", "port", "interface", "listen", "bind", "data", "retention", "retention_size", "log_level", "socket_mode"})
	return keys
}

// A part is a section of the example.
type part struct {
	header string // as it stands in the file; empty at the top
	title  string // in the reference, of a part without a header
	doc    string
	fields []field
}

// parts are all keys in the order of the example.
func parts(known Known) []part {
	f := Default()
	settings := part{title: "Options", doc: "Each flag of picotop has its key, which a flag given on the command line overrides."}
	for _, o := range known.Options {
		settings.fields = append(settings.fields, o.field())
	}
	return []part{
		{title: "House and screen", doc: "All degrees are Celsius. This part stands above all [sections].", fields: topFields(f)},
		{title: "Messages", doc: "Messages, to those named by [[notify]] below.", fields: notifyFields(&f.Notify)},
		settings,
		{header: sensorExample, doc: `A sensor, by its name or ROM code: [sensor."cold water tank"] and [sensor.28ff641f7616035c] will do as well. One such section for each that differs from the others.`, fields: sensorFields(new(Sensor))},
		{header: picoExample, doc: "A Pico, by its address.", fields: picoFields(new(Pico))},
		{header: "[quiet_hours]", doc: "When nobody is to be woken. What happens meanwhile is told at the end, if it still stands.", fields: quietFields(new(QuietHours))},
		{header: "[[notify]]", doc: "Somebody who is told. There may be several of these sections.", fields: targetFields(new(Target))},
		{header: "[heartbeat]", doc: "A dead man's switch, such as healthchecks.io: a picotop that died warns of nothing.", fields: heartbeatFields(new(Heartbeat))},
		{header: "[mqtt]", doc: "Home Assistant: an MQTT broker that it listens to. Each sensor, Pico and warning then appears there by itself.", fields: mqttFields(new(MQTT))},
		{header: "[[remote_write]]", doc: "A database that gets what is stored here, by Prometheus remote write. There may be several of these sections.", fields: remoteWriteFields(new(RemoteWrite))},
	}
}

// Example writes a file with every key, each with what it means and as a comment: take
// the # away from those that are wanted.
func Example(w io.Writer, known Known) error {
	var b strings.Builder
	b.WriteString(wrap(`picotop reads this file from where --config says, else from ~/.config/picotop/config.toml, else from /etc/picotop/config.toml. Every key is optional. A # at the beginning of a line switches it off. "picotop config check" says whether the file is right. A running picotop takes changes up by itself.`))
	for _, p := range parts(known) {
		b.WriteString("\n" + wrap(p.doc))
		if p.header != "" {
			b.WriteString("#" + p.header + "\n")
		}
		for _, f := range p.fields {
			b.WriteString("\n" + wrap(f.doc) + "#" + f.key + " = " + f.example + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap makes comments of a text.
func wrap(text string) string {
	const width = 78
	var b strings.Builder
	line := "#"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}
