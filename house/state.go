package house

import (
	"cmp"
	"net/netip"
	"time"
)

// State is what is known of the house at one moment. It is a snapshot: the
// reader may keep it, and must not change the slices, which snapshots share.
type State struct {
	// Revision grows whenever anything but the time of asking changed, so
	// that a reader can tell at once that it has seen this already.
	Revision uint64
	At       time.Time

	Picos      []Pico      // by address, the unknown one last
	Sensors    []Sensor    // by Pico, then name, then ROM code
	Conditions []Condition // what is wrong, worst first
	Events     []Event     // what changed, newest first

	RefusedSensors uint64    // readings of new sensors for which there was no room
	RefusedPicos   uint64    // packets of new Picos for which there was no room
	RefusedAt      time.Time // the last of either; zero if there was none
	Displaced      uint64    // sensors that were given up for others
	Others         uint64    // packets of a type not known here
}

// A Sensor is one DS18B20, as last heard.
type Sensor struct {
	// ID is the ROM code. Of several sensors with one code all but the first have
	// "~2", "~3" and so on behind it. No two sensors have the same.
	ID           string
	Code         string     // ROM code, or the name where the packets carry no code
	Name         string     // as its Pico calls it
	SensorName   string     // Name without white space: "ColdWaterTank"
	FriendlyName string     // with a space before each capital: "Cold Water Tank"
	DisplayName  string     // for people: Name if that is in words, else FriendlyName
	Pico         netip.Addr // the address last heard from; invalid if only known from history

	Heard    time.Time     // the last packet, also one whose value was set aside
	HeardFor time.Duration // how long it has been heard in all

	Valid   bool    // whether there is a value at all
	Celsius float64 // the latest accepted value
	Offset  float64 // calibration, in kelvin, already applied

	Interval time.Duration // learnt time between packets; 0 until learnt
	// PerHour is the slope over the last 15 minutes in kelvin an hour, by
	// least squares; 0 within the dead band and while there is too little.
	PerHour   float64
	Low, High Extreme // of the last 24 hours

	Limit    float64    // in Celsius, the value that warns
	HasLimit bool       // false where cold is normal
	Cold     ColdReason // why cold is normal here; empty if it is not

	HighLimit    float64 // in Celsius, the value that is too warm
	HasHighLimit bool
	RateLimit    float64 // in kelvin an hour, up or down; 0 means none

	Hidden  bool // the owner does not want to see it; it is watched and stored all the same
	Outside bool // it measures the air outside

	Freezing      bool      // at or below Limit, and not yet 0.5 above it again
	FreezingSince time.Time // when it fell to the limit
	Near          bool      // within 2 kelvin of Limit and falling
	Silent        bool      // nothing heard for 6 intervals, more if packets get lost, and a minute at the least
	Unsure        bool      // Silent: nothing was heard since the program began, which may be by chance
	Clash         bool      // another sensor sends its ROM code
	SetAside      bool      // the last packet's value is not believed
	TooWarm       bool      // at or above HighLimit, and not yet 0.5 below it again
	TooFast       bool      // changes by more than RateLimit
	Broken        bool      // for long it has sent nothing but impossible values
	NameClash     bool      // another sensor that is alive has its name
	Replaced      bool      // silent, and a new sensor has its name

	// FreezesAt is when it will be at 0 degrees if it goes on falling as in the
	// last hours; zero where that cannot be told, and if it is over 24 hours away.
	FreezesAt time.Time

	// The latest value that was not believed, all zero if there was none.
	SetAsideValue float64 // in Celsius
	SetAsideAt    time.Time
	SetAsideWhy   Doubt
	SetAsideCount uint64 // how many were not since the start, without one about which the next packet decides
}

// Label is what people are shown: the DisplayName, or what there is instead.
func (s Sensor) Label() string { return cmp.Or(s.DisplayName, s.FriendlyName, s.ID) }

// Late reports whether the sensor is overdue at the given moment: more than
// three intervals without a packet.
func (s Sensor) Late(now time.Time) bool {
	return s.Interval > 0 && now.Sub(s.Heard) > 3*s.Interval
}

// Extreme is a lowest or highest value and when it was.
type Extreme struct {
	Celsius float64
	At      time.Time // zero if there is no value
}

// A Pico is one sender: a source address.
type Pico struct {
	Addr     netip.Addr    // invalid for the sensors known only from history
	Name     string        // from its status packets; empty if it sent none
	Heard    time.Time     // the last packet of any kind
	Sensors  int           // how many belong to it now
	Interval time.Duration // the median of its sensors' intervals; 0 until learnt
	Silent   bool          // it has sensors and all of them are silent

	StatusText string    // the last status; empty if it sent none
	StatusAt   time.Time // when
	StatusOK   bool      // whether that feed call went well
	OKs        uint64    // status packets that told of success
	Errors     uint64    // and of anything else
}

// Label is the name of the Pico if it told one, else its address.
func (p Pico) Label() string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Addr.IsValid():
		return p.Addr.String()
	default:
		return "not heard yet"
	}
}

// A Kind says what a Condition or an Event is about. It is also a metric
// label value, so its text is part of the program's interface.
type Kind string

// The kinds of condition, worst first.
const (
	Freezing    Kind = "freezing"
	Silent      Kind = "silent"
	Broken      Kind = "broken"        // a sensor sends nothing but impossible values
	NoPackets   Kind = "no_packets"    // of the house: nothing is heard from any Pico
	CannotStore Kind = "cannot_store"  // of the house: the disk takes nothing
	ClockNotSet Kind = "clock_not_set" // of the house: the machine's clock is wrong
	TooWarm     Kind = "too_warm"
	TooFast     Kind = "too_fast"
	Near        Kind = "near"
	Upload      Kind = "upload" // of a Pico: its feed calls fail
	Clash       Kind = "clash"
	NameClash   Kind = "name_clash"
	Replaced    Kind = "replaced"
	SetAside    Kind = "set_aside"
)

// Kinds lists every kind of condition, worst first.
func Kinds() []Kind {
	return []Kind{
		Freezing, Silent, Broken, NoPackets, CannotStore, ClockNotSet, TooWarm, TooFast,
		Near, Upload, Clash, NameClash, Replaced, SetAside,
	}
}

// OfHouse reports whether a condition of this kind is of the house as a whole, and
// neither of a sensor nor of a Pico.
func (k Kind) OfHouse() bool { return k == NoPackets || k == CannotStore || k == ClockNotSet }

// Is reports whether the sensor is in the given condition.
func (s Sensor) Is(k Kind) bool {
	switch k {
	case Freezing:
		return s.Freezing
	case Silent:
		return s.Silent
	case Clash:
		return s.Clash
	case Near:
		return s.Near
	case SetAside:
		return s.SetAside
	case TooWarm:
		return s.TooWarm
	case TooFast:
		return s.TooFast
	case Broken:
		return s.Broken
	case NameClash:
		return s.NameClash
	case Replaced:
		return s.Replaced
	}
	return false
}

// A Condition is something that is wrong now. Sensor is an index into
// State.Sensors and Pico one into State.Picos; the other one is -1, and both are if
// the kind is of the house. When all sensors of a Pico are silent there is one
// Condition, for the Pico; and when sensors clash one for all of them, at the first.
type Condition struct {
	Kind   Kind
	Sensor int
	Pico   int
	Since  time.Time // for Silent: when it was last heard
	Unsure bool      // Silent: nothing was heard since the program began, which may be by chance
	Text   string    // of the house, Upload: what is wrong; Replaced: the ID of the new sensor

	// What the owner decided about it. Such a condition is shown quietly, and
	// nobody is told of it.
	Acknowledged bool      // until it is over
	Snoozed      time.Time // until then; zero if it is not
}

// Quiet reports whether the owner knows of the condition and wants to hear no more of
// it at the given moment.
func (c Condition) Quiet(now time.Time) bool { return c.Acknowledged || now.Before(c.Snoozed) }

// The kinds of event that are not conditions beginning.
const (
	Thawed        Kind = "thawed"     // Freezing ended: it rose above the limit again
	HeardAgain    Kind = "heard"      // Silent ended: a sensor or Pico spoke again
	ClashOver     Kind = "clash_over" // of the sensors of one ROM code only one is alive
	UploadFails   Kind = "feed_fails" // Upload began: a Pico's feed calls fail
	UploadWorks   Kind = "feed_works" // and work again
	BrokenOver    Kind = "broken_over"
	PacketsAgain  Kind = "packets_again" // NoPackets ended
	StoresAgain   Kind = "stores_again"  // CannotStore ended
	ClockSet      Kind = "clock_set"     // ClockNotSet ended
	TooWarmOver   Kind = "too_warm_over"
	TooFastOver   Kind = "too_fast_over"
	NearOver      Kind = "near_over"
	NameClashOver Kind = "name_clash_over"
	ReplacedOver  Kind = "replaced_over"
	SetAsideOver  Kind = "set_aside_over" // believed again

	NewSensor Kind = "new_sensor" // heard for the first time
	Renamed   Kind = "renamed"    // a sensor changed its name
)

// An Event is something that changed.
type Event struct {
	At    time.Time
	Kind  Kind
	Label string // DisplayName of the sensor, or label of the Pico
	Pico  bool   // whether Label is a Pico's

	Sensor string        // ID of the sensor; empty if it is not about one
	For    time.Duration // of an end: how long the condition stood; 0 if not known

	Celsius float64 // Freezing, Thawed: the limit crossed; SetAside: the value
	Sensors int     // Silent and HeardAgain of a Pico, Clash: how many sensors
	// Text is for Renamed the old DisplayName, for UploadFails the status, for
	// SetAside why, for Clash and ClashOver the ROM code and whence it came.
	Text string
}
