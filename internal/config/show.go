package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"picotop/house"
)

// A Line is a key that is in force. Secrets are not in it.
type Line struct {
	Key   string // its full name
	Value string // as it would be written in the file
	From  string // FILE:LINE, or "default"
}

// Show lists the keys of this package that are in force, those of flags not among
// them.
func (f *File) Show() []Line {
	var all []Line
	add := func(key, value string) {
		if value != "" {
			all = append(all, Line{Key: key, Value: value, From: f.From(key)})
		}
	}
	add("limit", degreesText(f.Limit))
	add("units", quote(cmp.Or(f.Units, "celsius")))
	add("sort", quote(cmp.Or(f.Sort, "pico")))
	f.showHouse(add)
	f.showNotify(add)
	f.showMQTT(add)
	f.showRemoteWrite(add)
	return all
}

// From says where a key was given.
func (f *File) From(key string) string {
	if line := f.lines[key]; line > 0 {
		return fmt.Sprintf("%s:%d", f.Path, line)
	}
	return "default"
}

func (f *File) showHouse(add func(key, value string)) {
	for _, key := range sortedKeys(f.lines, "sensor.") {
		s, ok := f.Sensors[strings.TrimPrefix(key, "sensor.")]
		if !ok {
			continue
		}
		for _, l := range []Line{
			{Key: "name", Value: quote(s.Name)},
			{Key: "area", Value: quote(s.Area)},
			{Key: "limit", Value: thresholdText(s.Limit)},
			{Key: "high", Value: thresholdText(s.High)},
			{Key: "rate", Value: degreesText(s.Rate)},
			{Key: "hidden", Value: strconv.FormatBool(s.Hidden)},
			{Key: "outside", Value: strconv.FormatBool(s.Outside)},
			{Key: "interval", Value: spanText(s.Interval)},
		} {
			if f.lines[key+"."+l.Key] > 0 {
				add(key+"."+l.Key, l.Value)
			}
		}
	}
	for _, key := range sortedKeys(f.lines, "pico.") {
		for addr, p := range f.Picos {
			if key == "pico."+addr.String() {
				add(key+".name", quote(p.Name))
				add(key+".area", quote(p.Area))
			}
		}
	}
}

func (f *File) showNotify(add func(key, value string)) {
	n := f.Notify
	if n.RepeatAfter == 0 {
		add("repeat_after", `"off"`)
	} else {
		add("repeat_after", spanText(n.RepeatAfter))
	}
	add("notify_per_hour", strconv.Itoa(n.PerHour))
	if n.Quiet.Set {
		add("quiet_hours.from", quote(n.Quiet.From.String()))
		add("quiet_hours.to", quote(n.Quiet.To.String()))
		add("quiet_hours.freezing", strconv.FormatBool(n.Quiet.Freezing))
	}
	for i, t := range n.Targets {
		in := fmt.Sprintf("notify.%d.", i+1)
		add(in+"name", quote(t.Name))
		add(in+t.URL.key(), t.URL.shown())
		if len(t.Command) > 0 {
			// Its arguments may hold a password.
			add(in+"command", fmt.Sprintf("[%q, …]", t.Command[0]))
		}
		var on []string
		for _, k := range t.On {
			on = append(on, fmt.Sprintf("%q", string(k)))
		}
		if len(on) > 0 {
			add(in+"on", "["+strings.Join(on, ", ")+"]")
		}
		add(in+"timeout", spanText(t.Timeout))
	}
	if h := n.Heartbeat; !h.URL.IsZero() {
		key := "heartbeat." + h.URL.key()
		if f.lines[key] == 0 {
			key = "heartbeat"
		}
		add(key, h.URL.shown())
		add("heartbeat.every", spanText(h.Every))
	}
}

// key is the key with which a secret is given.
func (s Secret) key() string {
	switch {
	case s.file != "":
		return "url_file"
	case s.env != "":
		return "url_env"
	}
	return "url"
}

// shown is the value of that key, without the secret.
func (s Secret) shown() string {
	switch {
	case s.IsZero():
		return ""
	case s.file != "":
		return quote(s.file)
	case s.env != "":
		return quote(s.env)
	}
	return quote(s.String())
}

// sortedKeys are the keys of lines that begin with a prefix, as they stand in the file.
func sortedKeys(lines map[string]int, prefix string) []string {
	var keys []string
	for key := range lines {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(lines[a], lines[b]), cmp.Compare(a, b)) })
	return keys
}

func quote(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf("%q", s)
}

func degreesText(x float64) string {
	if s := strconv.FormatFloat(x, 'f', -1, 64); strings.Contains(s, ".") {
		return s
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

func thresholdText(t house.Threshold) string {
	if t.Off {
		return `"off"`
	}
	return degreesText(t.Celsius)
}

func spanText(d time.Duration) string { return quote(model.Duration(d).String()) }
