package peer

import (
	"cmp"
	"net/netip"
	"time"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/sensorname"
	"picotop/internal/status"
)

// A Sensor is one DS18B20; temperatures are in degrees Celsius.
type Sensor struct {
	ID           string     `json:"id"`   // the ROM code; of the second sensor that sends it CODE~2
	Code         string     `json:"code"` // the ROM code
	Name         string     `json:"name"`
	SensorName   string     `json:"sensor_name"`
	FriendlyName string     `json:"friendly_name"`
	Label        string     `json:"label,omitempty"` // as the owner calls it, if he gave it a name
	Pico         netip.Addr `json:"pico"`            // address; empty if not known
	Heard        time.Time  `json:"heard"`
	HeardFor     Seconds    `json:"heard_for_seconds"` // in all

	Valid    bool    `json:"valid"` // whether there is a temperature
	Celsius  float64 `json:"celsius"`
	Offset   float64 `json:"offset_celsius"`
	Interval Seconds `json:"interval_seconds"`
	PerHour  float64 `json:"celsius_per_hour"`
	Low      Extreme `json:"low"`
	High     Extreme `json:"high"`

	Limit    float64 `json:"limit_celsius"`
	HasLimit bool    `json:"has_limit"`
	Cold     string  `json:"cold_is_normal,omitempty"` // why: name, habit, config or decision

	HighLimit    float64 `json:"high_limit_celsius,omitempty"`
	HasHighLimit bool    `json:"has_high_limit,omitempty"`
	RateLimit    float64 `json:"rate_limit_celsius_per_hour,omitempty"`
	Hidden       bool    `json:"hidden,omitempty"`
	Outside      bool    `json:"outside,omitempty"`

	Freezing      bool      `json:"freezing"`
	FreezingSince time.Time `json:"freezing_since,omitzero"`
	Near          bool      `json:"near"`
	Silent        bool      `json:"silent"`
	Clash         bool      `json:"clash"` // another one sends its ROM code
	TooWarm       bool      `json:"too_warm,omitempty"`
	TooFast       bool      `json:"too_fast,omitempty"`
	Broken        bool      `json:"broken,omitempty"`
	NameClash     bool      `json:"name_clash,omitempty"`
	Replaced      bool      `json:"replaced,omitempty"`
	FreezesAt     time.Time `json:"freezes_at,omitzero"` // at 0 degrees, if it goes on like this
	SetAside      bool      `json:"set_aside"`
	SetAsideValue float64   `json:"set_aside_celsius"`
	SetAsideAt    time.Time `json:"set_aside_at,omitzero"`
	SetAsideWhy   string    `json:"set_aside_why,omitempty"` // power_on, all_zeros, all_ones or leap
	SetAsideCount uint64    `json:"set_aside_count"`
}

// An Extreme is a low or a high of the last 24 hours.
type Extreme struct {
	Celsius float64   `json:"celsius"`
	At      time.Time `json:"at,omitzero"`
}

// A Pico is one sender.
type Pico struct {
	Addr       netip.Addr `json:"address"` // empty for sensors known only from history
	Name       string     `json:"name"`
	Heard      time.Time  `json:"heard,omitzero"`
	Sensors    int        `json:"sensors"`
	Interval   Seconds    `json:"interval_seconds"`
	Silent     bool       `json:"silent"`
	StatusText string     `json:"status"`
	StatusAt   time.Time  `json:"status_at,omitzero"`
	StatusOK   bool       `json:"status_ok"`
	OKs        uint64     `json:"statuses_ok"`
	Errors     uint64     `json:"statuses_error"`
}

// A Condition is something that is wrong now. Sensor and Pico are indexes; the
// one that it is not about is -1, and both are if it is about the house.
type Condition struct {
	Kind   string    `json:"kind"`
	Sensor int       `json:"sensor"`
	Pico   int       `json:"pico"`
	Since  time.Time `json:"since"`
	Text   string    `json:"text,omitempty"`

	Acknowledged bool      `json:"acknowledged,omitempty"`
	Snoozed      time.Time `json:"snoozed_until,omitzero"`
}

// An Event is something that changed.
type Event struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Label   string    `json:"label"`
	Pico    bool      `json:"pico,omitempty"`
	Sensor  string    `json:"sensor,omitempty"`      // its ID
	For     Seconds   `json:"for_seconds,omitempty"` // of an end: how long it had lasted
	Celsius float64   `json:"celsius,omitempty"`
	Sensors int       `json:"sensors,omitempty"`
	Text    string    `json:"text,omitempty"`
}

// Of makes a snapshot of what is known and of how the program fares. The caller
// fills in the rest.
func Of(st house.State, ps status.Status) House {
	h := House{
		API: Name, Version: Version, At: st.At, Revision: st.Revision,
		RefusedSensors: st.RefusedSensors, RefusedPicos: st.RefusedPicos, Others: st.Others,
		RefusedAt: st.RefusedAt, Displaced: st.Displaced,
		Feed: feedOf(ps.Feed), Demo: ps.Demo, Metrics: Metrics(ps.Metrics), Config: Config(ps.Config), MQTT: MQTT(ps.MQTT),
		History: History{
			Off: ps.History.Off, Err: ps.History.Err, Note: ps.History.Note, Full: ps.History.Full,
			Span: seconds(ps.History.Span), Bytes: ps.History.Bytes,
			MaxSpan: seconds(ps.History.MaxSpan), MaxBytes: ps.History.MaxBytes,
		},
	}
	for _, r := range ps.RemoteWrite {
		h.RemoteWrite = append(h.RemoteWrite, RemoteWrite{
			Target: r.Target, Sent: r.Sent, Failed: r.Failed, Refused: r.Refused,
			Lost: seconds(r.Lost), Behind: seconds(r.Behind), Err: r.Err,
		})
	}
	for _, s := range st.Sensors {
		h.Sensors = append(h.Sensors, Sensor{
			ID: s.ID, Code: s.Code, Name: s.Name, SensorName: s.SensorName, FriendlyName: s.FriendlyName,
			Label: labelOf(s), Pico: s.Pico, Heard: s.Heard, HeardFor: seconds(s.HeardFor), Valid: s.Valid, Celsius: s.Celsius, Offset: s.Offset,
			Interval: seconds(s.Interval), PerHour: s.PerHour, Low: Extreme(s.Low), High: Extreme(s.High),
			Limit: s.Limit, HasLimit: s.HasLimit, Cold: string(s.Cold),
			HighLimit: s.HighLimit, HasHighLimit: s.HasHighLimit, RateLimit: s.RateLimit,
			Hidden: s.Hidden, Outside: s.Outside, FreezesAt: s.FreezesAt,
			Freezing: s.Freezing, FreezingSince: s.FreezingSince,
			TooWarm: s.TooWarm, TooFast: s.TooFast, Broken: s.Broken, NameClash: s.NameClash, Replaced: s.Replaced,
			Near: s.Near, Silent: s.Silent, Clash: s.Clash, SetAside: s.SetAside, SetAsideValue: s.SetAsideValue,
			SetAsideAt: s.SetAsideAt, SetAsideWhy: string(s.SetAsideWhy), SetAsideCount: s.SetAsideCount,
		})
	}
	for _, p := range st.Picos {
		h.Picos = append(h.Picos, Pico{
			Addr: p.Addr, Name: p.Name, Heard: p.Heard, Sensors: p.Sensors,
			Interval: seconds(p.Interval), Silent: p.Silent,
			StatusText: p.StatusText, StatusAt: p.StatusAt, StatusOK: p.StatusOK, OKs: p.OKs, Errors: p.Errors,
		})
	}
	for _, c := range st.Conditions {
		h.Conditions = append(h.Conditions, Condition{
			Kind: string(c.Kind), Sensor: c.Sensor, Pico: c.Pico, Since: c.Since, Text: c.Text,
			Acknowledged: c.Acknowledged, Snoozed: c.Snoozed,
		})
	}
	for _, e := range st.Events {
		h.Events = append(h.Events, EventOf(e))
	}
	return h
}

// labelOf is what the owner calls a sensor; empty if he calls it as its Pico does.
func labelOf(s house.Sensor) string {
	if s.DisplayName == sensorname.Display(s.Name) {
		return ""
	}
	return s.DisplayName
}

// EventOf is an event as it is told.
func EventOf(e house.Event) Event {
	return Event{
		At: e.At, Kind: string(e.Kind), Label: e.Label, Pico: e.Pico, Sensor: e.Sensor, For: seconds(e.For),
		Celsius: e.Celsius, Sensors: e.Sensors, Text: e.Text,
	}
}

// Event is the same for a house.
func (e Event) Event() house.Event {
	return house.Event{
		At: e.At, Kind: house.Kind(e.Kind), Label: e.Label, Pico: e.Pico, Sensor: e.Sensor, For: e.For.Duration(),
		Celsius: e.Celsius, Sensors: e.Sensors, Text: e.Text,
	}
}

// State is what the snapshot says of the house.
func (h *House) State() house.State {
	st := house.State{
		Revision: h.Revision, At: h.At,
		RefusedSensors: h.RefusedSensors, RefusedPicos: h.RefusedPicos, Others: h.Others,
		RefusedAt: h.RefusedAt, Displaced: h.Displaced,
	}
	for _, s := range h.Sensors {
		st.Sensors = append(st.Sensors, house.Sensor{
			ID: s.ID, Code: s.Code, Name: s.Name, SensorName: s.SensorName, FriendlyName: s.FriendlyName,
			DisplayName: cmp.Or(s.Label, sensorname.Display(s.Name)),
			Pico:        s.Pico, Heard: s.Heard, HeardFor: s.HeardFor.Duration(), Valid: s.Valid, Celsius: s.Celsius, Offset: s.Offset,
			Interval: s.Interval.Duration(), PerHour: s.PerHour, Low: house.Extreme(s.Low), High: house.Extreme(s.High),
			Limit: s.Limit, HasLimit: s.HasLimit, Cold: house.ColdReason(s.Cold),
			HighLimit: s.HighLimit, HasHighLimit: s.HasHighLimit, RateLimit: s.RateLimit,
			Hidden: s.Hidden, Outside: s.Outside, FreezesAt: s.FreezesAt,
			Freezing: s.Freezing, FreezingSince: s.FreezingSince,
			TooWarm: s.TooWarm, TooFast: s.TooFast, Broken: s.Broken, NameClash: s.NameClash, Replaced: s.Replaced,
			Near: s.Near, Silent: s.Silent, Clash: s.Clash, SetAside: s.SetAside, SetAsideValue: s.SetAsideValue,
			SetAsideAt: s.SetAsideAt, SetAsideWhy: house.Doubt(s.SetAsideWhy), SetAsideCount: s.SetAsideCount,
		})
	}
	for _, p := range h.Picos {
		st.Picos = append(st.Picos, house.Pico{
			Addr: p.Addr, Name: p.Name, Heard: p.Heard, Sensors: p.Sensors,
			Interval: p.Interval.Duration(), Silent: p.Silent,
			StatusText: p.StatusText, StatusAt: p.StatusAt, StatusOK: p.StatusOK, OKs: p.OKs, Errors: p.Errors,
		})
	}
	for _, c := range h.Conditions {
		st.Conditions = append(st.Conditions, house.Condition{
			Kind: house.Kind(c.Kind), Sensor: c.Sensor, Pico: c.Pico, Since: c.Since, Text: c.Text,
			Acknowledged: c.Acknowledged, Snoozed: c.Snoozed,
		})
	}
	for _, e := range h.Events {
		st.Events = append(st.Events, e.Event())
	}
	return st
}

// Status is what the snapshot says of how the program fares.
func (h *House) Status() status.Status {
	var writes []status.RemoteWrite
	for _, r := range h.RemoteWrite {
		writes = append(writes, status.RemoteWrite{
			Target: r.Target, Sent: r.Sent, Failed: r.Failed, Refused: r.Refused,
			Lost: r.Lost.Duration(), Behind: r.Behind.Duration(), Err: r.Err,
		})
	}
	return status.Status{
		RemoteWrite: writes,
		Feed:        h.Feed.health(), Demo: h.Demo, Metrics: status.Metrics(h.Metrics), Config: status.Config(h.Config), MQTT: status.MQTT(h.MQTT),
		History: status.History{
			Off: h.History.Off, Err: h.History.Err, Note: h.History.Note, Full: h.History.Full,
			Span: h.History.Span.Duration(), Bytes: h.History.Bytes,
			MaxSpan: h.History.MaxSpan.Duration(), MaxBytes: h.History.MaxBytes,
		},
	}
}

func feedOf(f feed.Health) Feed {
	out := Feed{
		Group: f.Group, Since: f.Since, LastHeard: f.LastHeard, Rejoins: f.Rejoins, Ineffective: f.Ineffective,
		LastRefused: Refusal{
			From: f.LastRefused.From, Reason: string(f.LastRefused.Reason), At: f.LastRefused.At,
			Byte: f.LastRefused.Place.Offset, Found: f.LastRefused.Place.Found,
		},
	}
	for _, p := range f.Ports {
		out.Ports = append(out.Ports, Port{
			Port: p.Port, State: string(p.State), Why: p.Why, Holder: p.Holder, Stop: p.Stop,
			Datagrams: p.Datagrams, Copies: p.Copies, Repeats: p.Repeats, Drops: p.Drops,
		})
	}
	for _, i := range f.Interfaces {
		out.Interfaces = append(out.Interfaces, Interface{
			Name: i.Name, Addr: i.Addr, Joined: i.Joined, Why: i.Why, OwnPacket: string(i.TestPacket),
		})
	}
	for _, r := range f.Refused {
		out.Refused = append(out.Refused, Refusals{Reason: string(r.Reason), Count: r.Count})
	}
	return out
}

// health is what the snapshot says of the listening.
func (f *Feed) health() feed.Health {
	out := feed.Health{
		Group: f.Group, Since: f.Since, LastHeard: f.LastHeard, Rejoins: f.Rejoins, Ineffective: f.Ineffective,
		LastRefused: feed.Refusal{
			From: f.LastRefused.From, Reason: feed.Reason(f.LastRefused.Reason), At: f.LastRefused.At,
			Place: feed.Place{Offset: f.LastRefused.Byte, Found: f.LastRefused.Found},
		},
	}
	for _, p := range f.Ports {
		out.Ports = append(out.Ports, feed.PortHealth{
			Port: p.Port, State: feed.PortState(p.State), Why: p.Why, Holder: p.Holder, Stop: p.Stop,
			Datagrams: p.Datagrams, Copies: p.Copies, Repeats: p.Repeats, Drops: p.Drops,
		})
	}
	for _, i := range f.Interfaces {
		out.Interfaces = append(out.Interfaces, feed.InterfaceHealth{
			Name: i.Name, Addr: i.Addr, Joined: i.Joined, Why: i.Why, TestPacket: feed.TestPacket(i.OwnPacket),
		})
	}
	for _, r := range f.Refused {
		out.Refused = append(out.Refused, feed.Refusals{Reason: feed.Reason(r.Reason), Count: r.Count})
	}
	return out
}
