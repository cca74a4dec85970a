package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"picotop/feed"
	"picotop/house"
)

// A field is one key: what it means, how it is written, and how it is read.
type field struct {
	key     string
	doc     string // one or more sentences for the owner
	example string // a value, as it is written in the file
	read    func(*reader, value)
	// instead says that it stands in the place of the field before it.
	instead bool
}

// A value is what was written for a field.
type value struct {
	*field
	*node
}

// A reader fills a File, and notes what is wrong.
type reader struct {
	file  *File
	known Known
	errs  Errors
	torn  bool // lines are missing, because they could not be read
}

func (r *reader) fail(line int, hint, format string, args ...any) {
	r.errs = append(r.errs, &Error{Line: line, Cause: fmt.Sprintf(format, args...), Hint: hint})
}

// wrong notes that a value is of another kind than what it should be.
func (r *reader) wrong(v value, what string) {
	r.fail(v.line, v.like(), "%s is %s, not %s", v.key, what, v.shown())
}

// like is how it could be written.
func (v value) like() string { return "write it like this: " + v.key + " = " + v.example }

// shown is what was written, for a line of error.
func (n *node) shown() string {
	switch n.kind {
	case table, list:
		return n.kind.String()
	case text:
		return quoted(n.text)
	}
	return plain(n.text)
}

// fields reads a table: each key by its field. in is the table's full name, empty at
// the top, and header how it is written.
func (r *reader) fields(n *node, in, header string, fields []field) {
	for _, name := range n.names {
		v := n.under[name]
		at := slices.IndexFunc(fields, func(f field) bool { return f.key == name })
		if at < 0 {
			r.unknown(v.line, name, header, fields)
			continue
		}
		full := name
		if in != "" {
			full = in + "." + name
		}
		r.file.lines[full] = v.line
		fields[at].read(r, value{&fields[at], v})
	}
}

// unknown notes a key that nobody knows.
func (r *reader) unknown(line int, name, header string, fields []field) {
	var known []string
	for _, f := range fields {
		known = append(known, f.key)
	}
	place := ""
	if header != "" {
		place = " in " + header
	}
	hint := "see which keys there are: picotop config example"
	if header != "" {
		hint = "here can stand: " + strings.Join(known, ", ")
	}
	if near := nearest(name, known); near != "" {
		hint = "did you mean: " + near
	} else if header != "" && slices.Contains(r.topKeys(), name) {
		hint = "move it to the top of the file, above the first [section]: what stands below one belongs to it"
	} else if header == "" && slices.Contains(sensorKeys(), name) {
		hint = "it belongs to a sensor: write it below [sensor.NAME]"
	}
	r.fail(line, hint, "unknown key %s%s", quoted(name), place)
}

// isTable reports whether v is a table, and notes it if not.
func (r *reader) isTable(n *node, key, like string) bool {
	if n.kind == table {
		return true
	}
	r.fail(n.line, "write it like this: "+like, "%s is a section, not %s", plain(key), n.shown())
	return false
}

// words reads what is shown to people.
func words(to *string) func(*reader, value) {
	return func(r *reader, v value) {
		const most = 64
		switch s := v.text; {
		case v.kind != text:
			r.wrong(v, "a text")
		case strings.TrimSpace(s) == "":
			r.fail(v.line, v.like(), "%s is empty", v.key)
		case len([]rune(s)) > most:
			r.fail(v.line, "write a shorter one", "%s is longer than %d letters", v.key, most)
		case feed.Clean(s, most) != s:
			r.fail(v.line, "write it in ordinary letters, on one line", "%s holds characters that cannot be shown", v.key)
		default:
			*to = s
		}
	}
}

// oneOf reads one of several words.
func oneOf(to *string, all ...string) func(*reader, value) {
	return func(r *reader, v value) {
		if v.kind == text && slices.Contains(all, v.text) {
			*to = v.text
			return
		}
		hint := v.like()
		near := nearest(v.text, all)
		for _, w := range all {
			if near == "" && strings.EqualFold(v.text, w[:1]) {
				near = w
			}
		}
		if v.kind == text && near != "" {
			hint = fmt.Sprintf("did you mean: %s = %q", v.key, near)
		}
		r.fail(v.line, hint, "%s is %s, not %s", v.key, either(all), v.shown())
	}
}

func truth(to *bool) func(*reader, value) {
	return func(r *reader, v value) {
		if word := strings.ToLower(v.text); v.kind == text && (word == "true" || word == "yes" || word == "on") {
			r.fail(v.line, "write "+v.key+" = true", "%s is true or false, without quotes, not %s", v.key, v.shown())
			return
		}
		if v.kind != boolean {
			r.wrong(v, "true or false, without quotes")
			return
		}
		*to = v.text == "true"
	}
}

// number is the number that a value is; ok is false for what is none, or no finite
// one, which is noted.
func (r *reader) number(v value, what string) (x float64, ok bool) {
	if m := numberIn.FindStringSubmatch(v.text); v.kind == text && m != nil {
		r.fail(v.line, fmt.Sprintf("write %s = %s", v.key, strings.Replace(m[1], ",", ".", 1)), "%s is %s, without quotes, not %s", v.key, what, v.shown())
		return 0, false
	}
	if v.kind != integer && v.kind != float {
		r.wrong(v, what)
		return 0, false
	}
	s := strings.ReplaceAll(v.text, "_", "")
	if n, err := strconv.ParseInt(s, 0, 64); v.kind == integer && err == nil {
		return float64(n), true
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		r.wrong(v, what)
		return 0, false
	}
	return x, true
}

// numberIn finds the number in a text such as "3.0" or "3,0 °C".
var numberIn = regexp.MustCompile(`^\s*([+-]?\d+(?:[.,]\d+)?)\s*(?:°?\s*[CcKk])?\s*$`)

// What a DS18B20 can measure, in Celsius.
const coldest, warmest = -55, 125

// degrees reads a temperature.
func (r *reader) degrees(v value, what string) (celsius float64, ok bool) {
	x, ok := r.number(v, what)
	if ok && (x < coldest || x > warmest) {
		hint := v.like() + ", in Celsius"
		if c := (x - 32) / 1.8; x > 0 && c <= warmest {
			hint = fmt.Sprintf("if you mean Fahrenheit, in Celsius that is: %s = %.1f", v.key, c)
		}
		r.fail(v.line, hint, "%s is %s, and a sensor measures from %d to %d degrees Celsius", v.key, plain(v.text), coldest, warmest)
		return 0, false
	}
	return x, ok
}

func degrees(to *float64) func(*reader, value) {
	return func(r *reader, v value) {
		if x, ok := r.degrees(v, "a number of degrees Celsius"); ok {
			*to = x
		}
	}
}

func threshold(to *house.Threshold) func(*reader, value) {
	return func(r *reader, v value) {
		if v.kind == text && v.text == "off" {
			*to = house.Threshold{Set: true, Off: true}
			return
		}
		if x, ok := r.degrees(v, `a number of degrees Celsius, or "off"`); ok {
			*to = house.Threshold{Set: true, Celsius: x}
		}
	}
}

// rate reads how fast something may change.
func rate(to *float64) func(*reader, value) {
	return func(r *reader, v value) {
		x, ok := r.number(v, "a number of degrees an hour")
		switch {
		case !ok:
		case x <= 0 || x > 1000:
			r.fail(v.line, v.like(), "%s is %s, and it has to be more than 0 and at most 1000 degrees an hour", v.key, plain(v.text))
		default:
			*to = x
		}
	}
}

func count(to *int, least, most int) func(*reader, value) {
	return func(r *reader, v value) {
		x, ok := r.number(v, "a whole number")
		switch {
		case !ok:
		case v.kind != integer || x < float64(least) || x > float64(most):
			r.fail(v.line, v.like(), "%s is %s, and it has to be a whole number from %d to %d", v.key, plain(v.text), least, most)
		default:
			*to = int(x)
		}
	}
}

// span reads a length of time. With never it may be "off", which is 0.
func span(to *time.Duration, least, most time.Duration, never bool) func(*reader, value) {
	what := `a time with its unit, such as "15s", "10m" or "2h"`
	return func(r *reader, v value) {
		if never && v.kind == text && v.text == "off" {
			*to = 0
			return
		}
		if v.kind == text && (v.text == "never" || v.text == "none") && never {
			r.fail(v.line, "write "+v.key+` = "off"`, "%s is %s, or \"off\", not %s", v.key, what, v.shown())
			return
		}
		d, err := model.ParseDuration(v.text)
		switch got := time.Duration(d); {
		case v.kind != text || err != nil:
			r.wrong(v, what)
		case got < least || got > most:
			r.fail(v.line, v.like(), "%s is %s, and it has to be from %s to %s", v.key, quoted(v.text), model.Duration(least), model.Duration(most))
		default:
			*to = got
		}
	}
}

// clock reads a time of the day, in quotes or without.
func clock(to *Clock) func(*reader, value) {
	return func(r *reader, v value) {
		for _, form := range []string{"15:04", "15:04:05"} {
			if t, err := time.Parse(form, v.text); err == nil && (v.kind == text || v.kind == moment) {
				*to = Clock{Hour: t.Hour(), Minute: t.Minute()}
				return
			}
		}
		r.wrong(v, `a time of the day from "00:00" to "23:59"`)
	}
}

// kinds reads what a target wants to be told.
func kinds(to *[]house.Kind) func(*reader, value) {
	return func(r *reader, v value) {
		if v.kind != list || len(v.items) == 0 {
			one := "freezing"
			if v.kind == text && plain(v.text) == v.text {
				one = v.text
			}
			r.fail(v.line, fmt.Sprintf("write it like this: %s = [%q]", v.key, one), "%s is a list of conditions, between brackets, not %s", v.key, v.shown())
			return
		}
		var known []string
		for _, k := range house.Kinds() {
			known = append(known, string(k))
		}
		for _, n := range v.items {
			if n.kind == text && slices.Contains(known, n.text) {
				*to = append(*to, house.Kind(n.text))
				continue
			}
			hint := "there are: " + strings.Join(known, ", ")
			if near := nearest(n.text, known); near != "" {
				hint = fmt.Sprintf("did you mean: %q", near)
			}
			r.fail(n.line, hint, "%s is no condition", n.shown())
		}
	}
}

// arguments reads a command and its arguments. What they are is not repeated in
// errors: there may be a password among them.
func arguments(to *[]string) func(*reader, value) {
	return func(r *reader, v value) {
		bad := v.kind != list || len(v.items) == 0
		for _, n := range v.items {
			if n.kind != text || strings.ContainsRune(n.text, 0) {
				bad = true
				break
			}
			*to = append(*to, n.text)
		}
		if bad || (*to)[0] == "" {
			r.fail(v.line, v.like(), "%s is a list of texts: the program, and each of its arguments", v.key)
		}
	}
}

// url reads a URL. It is not repeated in errors.
func url(r *reader, v value, to *Secret) {
	if v.kind != text {
		r.fail(v.line, v.like(), "%s is a text in quotes, not %s", v.key, v.kind)
		return
	}
	s, err := checkURL(v.text)
	if err == nil && r.known.URL != nil && v.key == "url" {
		if err := r.known.URL(s); err != nil {
			r.fail(v.line, v.like(), "%s: %s", v.key, feed.Clean(err.Error(), 300))
			return
		}
	}
	if err != nil {
		r.fail(v.line, v.like(), "%s is %v", v.key, err)
		return
	}
	to.value = s
}
