package peer

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"picotop/feed"
	"picotop/house"
)

// What a snapshot must say of itself.
const (
	Name    = "picotop"
	Version = 1
)

// The paths under which a House is served.
const (
	PathHouse  = "/api/house"
	PathStream = "/api/house/stream"
	PathRange  = "/api/house/range"
)

// Bounds on what is read from elsewhere.
const (
	MaxBytes   = 4 << 20 // of one snapshot; 512 sensors take a tenth
	maxText    = 512     // runes
	maxSensors = 512
	maxPicos   = 256
	maxEvents  = 1000
	// A sensor or a Pico can be in several conditions at once.
	maxConditions = 16 * (maxSensors + maxPicos)
	maxElsewhere  = 1000 // ports, interfaces, reasons
)

// A House is one snapshot.
type House struct {
	API     string    `json:"api"`     // always Name
	Version int       `json:"version"` // of the form
	Program string    `json:"program"` // the version of the program
	PID     int       `json:"pid"`
	Demo    bool      `json:"demo,omitempty"` // the house is made up
	At      time.Time `json:"at"`

	Revision       uint64      `json:"revision"` // grows when anything but the time changed
	Picos          []Pico      `json:"picos"`
	Sensors        []Sensor    `json:"sensors"`
	Conditions     []Condition `json:"conditions"` // worst first
	Events         []Event     `json:"events"`     // newest first
	RefusedSensors uint64      `json:"refused_sensor_readings"`
	RefusedPicos   uint64      `json:"refused_pico_packets"`
	RefusedAt      time.Time   `json:"refused_at,omitzero"` // the last of either
	Displaced      uint64      `json:"displaced_sensors"`
	Others         uint64      `json:"other_packets"`

	Packets []Packet `json:"packets"` // the newest, newest first

	Feed    Feed    `json:"feed"`
	Metrics Metrics `json:"metrics"`
	History History `json:"history"`
	Config  Config  `json:"config,omitzero"`
	MQTT    MQTT    `json:"mqtt,omitzero"`

	RemoteWrite []RemoteWrite `json:"remote_write,omitempty"`
}

// A Packet is one that was understood.
type Packet struct {
	At      time.Time      `json:"at"`
	From    netip.AddrPort `json:"from"`
	Port    uint16         `json:"port"` // that it came to
	Kind    string         `json:"kind"` // temperature, status, impossible or other
	Sensor  string         `json:"sensor,omitempty"`
	Name    string         `json:"name,omitempty"`
	Celsius float64        `json:"celsius,omitempty"`
	Offset  float64        `json:"offset_celsius,omitempty"`
	Text    string         `json:"text,omitempty"` // of a status, or the type of another
}

// MaxPackets is how many of them a snapshot holds.
const MaxPackets = 20

// packetKinds are the kinds of packet as they are told.
var packetKinds = [...]string{
	feed.Temperature: "temperature", feed.Status: "status", feed.Impossible: "impossible", feed.Other: "other",
}

// FeedPackets are the packets of the snapshot, newest first.
func (h *House) FeedPackets() []feed.Packet {
	all := make([]feed.Packet, len(h.Packets))
	for i, p := range h.Packets {
		all[i] = feed.Packet{
			Kind: feed.Other, Sensor: p.Sensor, Name: p.Name, Celsius: p.Celsius, Offset: p.Offset, Text: p.Text,
			From: p.From, Port: p.Port, Heard: p.At,
		}
		if k := slices.Index(packetKinds[:], p.Kind); k >= 0 {
			all[i].Kind = feed.Kind(k)
		}
	}
	return all
}

// PacketOf is a packet as it is told.
func PacketOf(p feed.Packet) Packet {
	return Packet{
		At: p.Heard, From: p.From, Port: p.Port, Kind: packetKinds[p.Kind],
		Sensor: p.Sensor, Name: p.Name, Celsius: p.Celsius, Offset: p.Offset, Text: p.Text,
	}
}

// Metrics is the state of the HTTP side.
type Metrics struct {
	Addr    string    `json:"address,omitempty"`
	Err     string    `json:"error,omitempty"`
	Scraped time.Time `json:"last_scraped,omitzero"`
}

// History is the state of the store.
type History struct {
	Off      bool    `json:"off,omitempty"`
	Err      string  `json:"error,omitempty"`
	Note     string  `json:"note,omitempty"` // what happened to it lately
	Full     string  `json:"full,omitempty"` // why new sensors are not stored
	Span     Seconds `json:"span_seconds"`
	Bytes    int64   `json:"bytes"`
	MaxSpan  Seconds `json:"max_span_seconds"` // before the oldest is deleted
	MaxBytes int64   `json:"max_bytes"`
}

// Config is the state of the configuration file.
type Config struct {
	File     string    `json:"file,omitempty"`
	Err      string    `json:"error,omitempty"` // why what it says now is not in force
	LoadedAt time.Time `json:"loaded_at,omitzero"`
}

// RemoteWrite is how the sending of what is stored to one database goes.
type RemoteWrite struct {
	Target  string  `json:"target"`
	Sent    uint64  `json:"sent"`    // samples
	Failed  uint64  `json:"failed"`  // attempts
	Refused uint64  `json:"refused"` // samples
	Lost    Seconds `json:"lost_seconds,omitempty"`
	Behind  Seconds `json:"behind_seconds"`
	Err     string  `json:"error,omitempty"`
}

// MQTT is the state of the telling of Home Assistant.
type MQTT struct {
	Broker    string    `json:"broker"`
	Connected bool      `json:"connected"`
	DownSince time.Time `json:"down_since,omitzero"`
	Published uint64    `json:"published"`
	Failed    uint64    `json:"failed"`
	Err       string    `json:"error,omitempty"`
}

// A Bucket sums up one sensor's readings in one stretch of time.
type Bucket struct {
	Start time.Time `json:"start"`
	Count int       `json:"count"` // 0 is a gap
	Min   float64   `json:"min_celsius"`
	Mean  float64   `json:"mean_celsius"`
	Max   float64   `json:"max_celsius"`
}

// Ranges is the answer to a question for history.
type Ranges struct {
	API     string   `json:"api"`
	Version int      `json:"version"`
	Buckets []Bucket `json:"buckets"`
}

// Seconds is a duration, in JSON a number of seconds.
type Seconds float64

func seconds(d time.Duration) Seconds { return Seconds(d.Seconds()) }

// Duration is the same for Go.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

var errForeign = errors.New("what answers there is not picotop")

// Check makes sure that a snapshot is picotop's and can be shown, and cleans
// its text.
func (h *House) Check() error {
	switch {
	case h.API != Name:
		return errForeign
	case h.Version != Version:
		return fmt.Errorf("the picotop there speaks version %d, this one %d", h.Version, Version)
	case len(h.Sensors) > maxSensors || len(h.Picos) > maxPicos || len(h.Events) > maxEvents ||
		len(h.Packets) > maxElsewhere ||
		len(h.Conditions) > maxConditions ||
		len(h.Feed.Ports)+len(h.Feed.Interfaces)+len(h.Feed.Refused)+len(h.RemoteWrite) > maxElsewhere:
		return errors.New("the picotop there tells more than can be")
	}
	for i := range h.Conditions {
		c := &h.Conditions[i]
		if c.Sensor < -1 || c.Sensor >= len(h.Sensors) || c.Pico < -1 || c.Pico >= len(h.Picos) ||
			(c.Sensor != -1 && c.Pico != -1) ||
			(c.Sensor == -1 && c.Pico == -1) != house.Kind(c.Kind).OfHouse() {
			return errors.New("the picotop there tells of a sensor that it does not have")
		}
	}
	h.eachText(func(s *string) { *s = feed.Clean(*s, maxText) })
	return nil
}

// eachText calls f for all text that may be shown.
func (h *House) eachText(f func(*string)) {
	for _, s := range []*string{&h.Program, &h.Metrics.Addr, &h.Metrics.Err, &h.History.Err, &h.History.Note, &h.History.Full, &h.Config.File, &h.Config.Err, &h.MQTT.Broker, &h.MQTT.Err} {
		f(s)
	}
	for i := range h.RemoteWrite {
		f(&h.RemoteWrite[i].Target)
		f(&h.RemoteWrite[i].Err)
	}
	for i := range h.Picos {
		f(&h.Picos[i].Name)
		f(&h.Picos[i].StatusText)
	}
	for i := range h.Sensors {
		s := &h.Sensors[i]
		for _, t := range []*string{&s.ID, &s.Code, &s.Name, &s.SensorName, &s.FriendlyName, &s.Label, &s.SetAsideWhy, &s.Cold} {
			f(t)
		}
	}
	for i := range h.Conditions {
		f(&h.Conditions[i].Kind)
		f(&h.Conditions[i].Text)
	}
	for i := range h.Events {
		f(&h.Events[i].Label)
		f(&h.Events[i].Sensor)
		f(&h.Events[i].Text)
		f(&h.Events[i].Kind)
	}
	for i := range h.Packets {
		p := &h.Packets[i]
		for _, t := range []*string{&p.Kind, &p.Sensor, &p.Name, &p.Text} {
			f(t)
		}
	}
	for i := range h.Feed.Ports {
		f(&h.Feed.Ports[i].State)
		f(&h.Feed.Ports[i].Why)
		f(&h.Feed.Ports[i].Holder)
		f(&h.Feed.Ports[i].Stop)
	}
	for i := range h.Feed.Interfaces {
		f(&h.Feed.Interfaces[i].Name)
		f(&h.Feed.Interfaces[i].Why)
		f(&h.Feed.Interfaces[i].OwnPacket)
	}
	for i := range h.Feed.Refused {
		f(&h.Feed.Refused[i].Reason)
	}
	f(&h.Feed.LastRefused.Reason)
	f(&h.Feed.LastRefused.Found)
}

// Feed is how the listening goes.
type Feed struct {
	Group       netip.Addr  `json:"group"`
	Since       time.Time   `json:"since"`
	LastHeard   time.Time   `json:"last_heard,omitzero"`
	Ports       []Port      `json:"ports"`
	Interfaces  []Interface `json:"interfaces"`
	Refused     []Refusals  `json:"refused"`
	LastRefused Refusal     `json:"last_refused,omitzero"`
	Rejoins     uint64      `json:"rejoins"`
	Ineffective uint64      `json:"ineffective_rejoins"`
}

// Port is one UDP port.
type Port struct {
	Port      uint16 `json:"port"`
	State     string `json:"state"`
	Why       string `json:"why,omitempty"`
	Holder    string `json:"holder,omitempty"` // the program that holds it
	Stop      string `json:"stop,omitempty"`   // the command that ends that
	Datagrams uint64 `json:"datagrams"`
	Copies    uint64 `json:"copies"`
	Repeats   uint64 `json:"repeats"`
	Drops     uint64 `json:"drops"`
}

// Interface is one network interface.
type Interface struct {
	Name   string     `json:"name"`
	Addr   netip.Addr `json:"address"`
	Joined bool       `json:"joined"`
	Why    string     `json:"why,omitempty"`
	// OwnPacket is what became of a test packet of its own: "came back" or
	// "lost"; empty if none was sent.
	OwnPacket string `json:"own_packet,omitempty"`
}

// Refusals counts refused datagrams.
type Refusals struct {
	Reason string `json:"reason"`
	Count  uint64 `json:"count"`
}

// Refusal is one refused datagram.
type Refusal struct {
	From   netip.AddrPort `json:"from"`
	Reason string         `json:"reason"`
	Byte   int            `json:"byte,omitempty"`  // where reading stopped, from 0
	Found  string         `json:"found,omitempty"` // what stands there; empty if no place is at fault
	At     time.Time      `json:"at"`
}
