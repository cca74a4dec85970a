package feed

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"

	"picotop/internal/romcode"
)

// maxOffset bounds the calibration, in kelvin. It is generous: a DS18B20 is
// right within half a degree.
const maxOffset = 50

// rounding is how far Celsius - Offset may be from what the chip said, in
// kelvin: Picos compute with 32 bits.
const rounding = 0.001

// Decode turns the payload of one datagram into a Packet, without the fields
// that say when and whence, or gives the reason for refusing it; an [OutOfRange] comes
// with an Impossible, and the others with none. It keeps no reference to payload.
func Decode(payload []byte) (Packet, Reason) {
	switch {
	case len(payload) == 0:
		return Packet{}, Empty
	case len(payload) > MaxDatagram:
		return Packet{}, Oversize
	}
	payload, _ = jsonText(payload)
	if !utf8.Valid(payload) {
		return Packet{}, NotUTF8
	}
	var w wire
	if err := json.Unmarshal(payload, &w); err != nil || !isObject(payload) {
		if json.Valid(payload) {
			return Packet{}, NotAnObject
		}
		return Packet{}, NotJSON
	}
	return w.packet()
}

// byteOrderMark begins what some programs call UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// jsonText returns the part of a payload that is to be read, and where it
// begins. Senders written in C send the NUL byte that ends their text, and what
// the rest of their buffer happens to hold; JSON itself has no NUL bytes.
func jsonText(payload []byte) (text []byte, start int) {
	text = bytes.TrimPrefix(payload, byteOrderMark)
	start = len(payload) - len(text)
	text, _, _ = bytes.Cut(text, []byte{0})
	return text, start
}

func isObject(payload []byte) bool {
	b := bytes.TrimLeft(payload, " \t\r\n")
	return len(b) > 0 && b[0] == '{'
}

// wire is the JSON of a packet, each field of which may be absent or wrong.
type wire struct {
	Type        text   `json:"type"`
	Name        text   `json:"name"`
	Sensor      text   `json:"sensor"`
	Status      text   `json:"status"`
	Temperature number `json:"temperature"`
	Offset      number `json:"offset"`
}

func (w *wire) packet() (Packet, Reason) {
	switch {
	case w.Type.bad:
		return Packet{}, BadType
	case w.Type.value == "temperature", !w.Type.there && w.Temperature.there:
		// Older firmware sends no type.
		return w.temperature()
	case w.Type.value == "status":
		return w.status()
	case !w.Type.there:
		return Packet{}, BadCelsius
	}
	return Packet{Kind: Other, Text: Clean(w.Type.value, MaxNameRunes)}, ""
}

func (w *wire) temperature() (Packet, Reason) {
	if w.Sensor.bad || w.Name.bad {
		return Packet{}, BadText
	}
	p := Packet{
		Kind:    Temperature,
		Sensor:  romcode.Canonical(Clean(w.Sensor.value, MaxNameRunes)),
		Name:    Clean(w.Name.value, MaxNameRunes),
		Celsius: w.Temperature.value,
		Offset:  w.Offset.value,
	}
	if p.Sensor == "" {
		p.Sensor = p.Name
	}
	if p.Name == "" {
		p.Name = p.Sensor
	}
	chip := p.Celsius - p.Offset
	switch {
	case p.Sensor == "":
		return Packet{}, NoSensor
	case w.Temperature.bad || !w.Temperature.there:
		return Packet{}, BadCelsius
	case w.Offset.bad || math.Abs(p.Offset) > maxOffset:
		return Packet{}, BadOffset
	case chip < MinCelsius-rounding || chip > MaxCelsius+rounding:
		p.Kind = Impossible
		return p, OutOfRange
	}
	return p, ""
}

func (w *wire) status() (Packet, Reason) {
	if w.Name.bad || w.Status.bad {
		return Packet{}, BadText
	}
	return Packet{
		Kind: Status,
		Name: Clean(w.Name.value, MaxNameRunes),
		Text: Clean(w.Status.value, MaxStatusRunes),
	}, ""
}

// text is a JSON string that may be absent, null or something else.
type text struct {
	value string
	there bool
	bad   bool
}

// UnmarshalJSON never fails: what is wrong is noted, so that the whole packet
// can be judged once it has been read.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = text{there: string(b) != "null"}
	switch {
	case !t.there:
	case b[0] != '"':
		t.bad = true
	case bytes.IndexByte(b, '\\') < 0:
		t.value = string(b[1 : len(b)-1])
	default:
		t.bad = json.Unmarshal(b, &t.value) != nil
	}
	return nil
}

// number is a finite JSON number that may be absent, null or something else.
type number struct {
	value float64
	there bool
	bad   bool
}

// UnmarshalJSON never fails, for the reason that text's does not.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number{there: string(b) != "null"}
	if !n.there {
		return nil
	}
	v, err := strconv.ParseFloat(string(b), 64)
	// ParseFloat also takes "Inf" and hexadecimals, but JSON has neither:
	// only a quoted string, true, false, an array or an object fails here.
	n.value, n.bad = v, err != nil
	if n.bad {
		n.value = 0
	}
	return nil
}
