// Package config is the file in which an owner says what picotop cannot know: what
// sensors are called, at which limits to warn, whom to tell, and when.
//
// [Find] says which file is meant, [Load] reads it, [Watch] tells when it changed. A
// [File] that was read is right: every key is known, every value possible. If it is
// not, Load returns [Errors], each with file, line, cause and a hint, all of them and
// not only the first.
//
// The keys stand in the files keys_*.go, each with what it means, an example, and what
// reads it. That is the one place that describes a key: [Example] and the hints are
// made from it. The flags of the command line have keys as well; what these mean is
// known to the command line, which hands them in as [Option]s and applies the
// [Setting]s that come back.
//
// A key is named as its flag, with _ for - and the dot: web.config.file is
// web_config_file. Tables are there only for what a house has several of, sensors,
// Picos, targets of messages, and for values that make no sense alone. A file is TOML
// 1.0; what is given twice, once in a flag, is the flag's.
//
// The package opens the file and those with secrets, and nothing else. It knows
// neither who sends messages nor who shows what.
package config

import (
	"net/netip"
	"slices"
	"time"

	"picotop/house"
)

// A File is what the owner wrote. Its zero value is none at all; [Default] is what a
// file without any key means.
type File struct {
	Path string // as it was named or found; empty if there is none

	// Settings are those of the command line's flags, in the order of the file.
	Settings []Setting

	Limit float64 // in Celsius; at or below it a sensor freezes
	Units string  // "celsius" or "fahrenheit", "" if not said
	Sort  string  // "pico", "coldest", "name" or "age", "" if not said

	Sensors map[string]Sensor // by ROM code, or name in lower case without blanks
	Picos   map[netip.Addr]Pico

	Notify Notify
	MQTT   MQTT

	RemoteWrite []RemoteWrite

	lines map[string]int // of each key and section that was given, by its full name
}

// A Setting is the value of a flag.
type Setting struct {
	Key    string
	Values []string // several of a flag that may be repeated, one of others
	Line   int
}

// A Sensor is what the owner wants of one sensor.
type Sensor struct {
	Name     string // what people are shown
	Area     string // the room, for Home Assistant
	Limit    house.Threshold
	High     house.Threshold
	Rate     float64 // in kelvin an hour, up or down; 0 means none
	Hidden   bool
	Outside  bool
	Interval time.Duration // 0 means that it is learnt
}

// A Pico is what the owner wants of one Pico.
type Pico struct {
	Name string // what people are shown
	Area string // the room, for Home Assistant
}

// Default is what holds without any file.
func Default() *File {
	return &File{
		Limit: house.DefaultLimit, Sensors: map[string]Sensor{}, Picos: map[netip.Addr]Pico{},
		Notify: Notify{RepeatAfter: defaultRepeat, PerHour: defaultPerHour},
		MQTT:   MQTT{Discovery: defaultDiscovery},
		lines:  map[string]int{},
	}
}

// Rules are what the house is told of the file.
func (f *File) Rules() house.Rules {
	r := house.Rules{Limit: f.Limit, Sensors: map[string]house.SensorRule{}, Picos: map[netip.Addr]string{}}
	for name, s := range f.Sensors {
		r.Sensors[name] = house.SensorRule{
			Label: s.Name, Limit: s.Limit, High: s.High, Rate: s.Rate,
			Hidden: s.Hidden, Outside: s.Outside, Interval: s.Interval,
		}
	}
	for addr, p := range f.Picos {
		if p.Name != "" {
			r.Picos[addr] = p.Name
		}
	}
	return r
}

// Line is where a key or section was given, by its full name such as
// "sensor.tank.limit"; 0 if it was not.
func (f *File) Line(name string) int { return f.lines[name] }

// Says reports whether the file gives a flag just this value.
func (f *File) Says(s Setting) bool {
	return slices.ContainsFunc(f.Settings, func(t Setting) bool { return t.Key == s.Key && slices.Equal(t.Values, s.Values) })
}
