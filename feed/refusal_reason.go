package feed

// A Reason says why a datagram was refused. It is also a metric label value,
// so its text is part of the program's interface.
type Reason string

// The reasons for refusing a datagram.
const (
	NotOurGroup       Reason = "not_our_group" // sent to this host or to another group
	Oversize          Reason = "oversize"      // longer than MaxDatagram
	Empty             Reason = "empty"         // no payload at all
	NotUTF8           Reason = "not_utf8"
	NotJSON           Reason = "not_json" // also nan, which is not JSON
	NotAnObject       Reason = "not_an_object"
	BadType           Reason = "bad_type"     // type is there and not text
	NoSensor          Reason = "no_sensor"    // neither a ROM code nor a name
	BadCelsius        Reason = "bad_celsius"  // absent or not a number
	OutOfRange        Reason = "out_of_range" // beyond what a DS18B20 can measure
	BadOffset         Reason = "bad_offset"   // there and not a small number
	BadText           Reason = "bad_text"     // a name, sensor or status that is not text
	SourceRateLimited Reason = "source_flood" // faster from one address than any Pico sends
	RateLimited       Reason = "flood"        // faster from all than is decoded
	QueueFull         Reason = "behind"       // understood, but the program could not keep up
)

// Reasons lists every Reason, so that a counter can be shown before it counts.
func Reasons() []Reason {
	return []Reason{
		NotOurGroup, Oversize, Empty, NotUTF8, NotJSON, NotAnObject, BadType,
		NoSensor, BadCelsius, OutOfRange, BadOffset, BadText,
		SourceRateLimited, RateLimited, QueueFull,
	}
}

// Text says in words what a datagram refused for this reason was like.
func (r Reason) Text() string {
	switch r {
	case NotOurGroup:
		return "not sent to our group"
	case Oversize:
		return "too long"
	case Empty:
		return "empty"
	case NotUTF8:
		return "not text"
	case NotJSON:
		return "not JSON"
	case NotAnObject:
		return "not a JSON object"
	case BadType:
		return "its type is not text"
	case NoSensor:
		return "names no sensor"
	case BadCelsius:
		return "has no temperature"
	case OutOfRange:
		return "impossible temperature"
	case BadOffset:
		return "impossible offset"
	case BadText:
		return "a name that is not text"
	case SourceRateLimited:
		return "it sends too many"
	case RateLimited:
		return "too many packets from all"
	case QueueFull:
		return "this machine could not keep up"
	}
	return string(r) // another picotop may know more of them
}
