// Package feed hears the packets that Picos multicast on the local network,
// and turns each into a [Packet].
//
// A Pico sends one JSON object per sensor every few seconds and never sends
// it again, so a lost packet is a gap, not a failure. The package makes two
// promises: every Packet it delivers is complete, finite and clean text, and
// a datagram it refuses is counted under a [Reason] instead of being logged
// line by line.
//
// A Listener owns the sockets, one per port; Decode turns a payload into a
// Packet; Health tells how the listening goes. The package knows nothing of
// screens, storage or Prometheus.
package feed

import (
	"net/netip"
	"time"
)

// A Kind says what a packet is about.
type Kind uint8

// The kinds of packet. An Impossible is a Temperature that no DS18B20 can measure: it
// is refused and counted as [OutOfRange], and delivered only so that one can tell a
// sensor that is broken from one that is silent. Other is a well-formed packet of a
// type that this version does not know: it is counted, never an error.
const (
	Temperature Kind = iota
	Status
	Impossible
	Other
)

// A Packet is one datagram that was understood.
type Packet struct {
	Kind Kind

	// Sensor is the ROM code of the DS18B20, such as "28ff641e8fdf18c1", in
	// one spelling whatever the firmware's, or the name where a packet carries
	// no code. Never empty in a Temperature and an Impossible.
	Sensor string
	// Name is what the Pico's config calls the sensor, or in a Status the
	// Pico: as sent, but for what [Clean] takes out. It may repeat from sensor
	// to sensor.
	Name string
	// Celsius is the temperature with Offset already applied by the Pico.
	Celsius float64
	// Offset is the calibration in kelvin: Celsius - Offset is the chip's own
	// value.
	Offset float64

	// Text is what a Status says of the last feed call, such as "API 200 OK",
	// and the unknown type of an Other.
	Text string

	From  netip.AddrPort // who sent it; the address may be forged
	Port  uint16         // the port here that it came to
	Heard time.Time      // when it arrived here: a Pico has no clock
}

// Bounds on what a datagram may hold.
const (
	MaxDatagram    = 2048 // bytes; longer ones are refused
	MaxNameRunes   = 64   // longer names are cut
	MaxStatusRunes = 256  // longer status texts are cut
)

// What a DS18B20 can measure, in degrees Celsius (Maxim 19-7487, "Operating
// temperature range").
const (
	MinCelsius = -55
	MaxCelsius = 125
)
