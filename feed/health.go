package feed

import (
	"net/netip"
	"time"
)

// Health tells how the listening goes. It is a copy: the reader owns it.
type Health struct {
	Group      netip.Addr
	Since      time.Time // when the Listener was made
	Ports      []PortHealth
	Interfaces []InterfaceHealth // in the kernel's order
	Refused    []Refusals        // one for each Reason, in the order of Reasons
	// LastRefused is the newest refusal; zero if there was none.
	LastRefused Refusal
	LastHeard   time.Time // newest datagram of any kind, zero if none

	// Rejoins is how often everything was silent and the group was joined
	// anew. Ineffective is how many of these did nothing, for another program
	// here holds the group, so that the network was told nothing.
	Rejoins     uint64
	Ineffective uint64
}

// Drops is how many datagrams the kernel threw away on all ports.
func (h Health) Drops() uint64 {
	var n uint64
	for _, p := range h.Ports {
		n += p.Drops
	}
	return n
}

// Datagrams is how many arrived for the group on all ports, refused ones
// included.
func (h Health) Datagrams() uint64 {
	var n uint64
	for _, p := range h.Ports {
		n += p.Datagrams
	}
	return n
}

// RefusedTotal is how many datagrams were refused for any reason.
func (h Health) RefusedTotal() uint64 {
	var n uint64
	for _, r := range h.Refused {
		n += r.Count
	}
	return n
}

// Ready reports whether every port is listening on at least one interface.
func (h Health) Ready() bool {
	for _, p := range h.Ports {
		if p.State != Listening {
			return false
		}
	}
	for _, i := range h.Interfaces {
		if i.Joined {
			return true
		}
	}
	return false
}

// A PortState says what a port is doing.
type PortState string

// The states of a port.
const (
	Opening   PortState = "opening"
	Listening PortState = "listening"
	Blocked   PortState = "blocked" // held by another program; retried
)

// PortHealth is the state of one UDP port.
type PortHealth struct {
	Port      uint16
	State     PortState
	Why       string // the cause while Blocked, else empty
	Holder    string // while Blocked the program that holds it, as far as is known
	Stop      string // and the command that ends it; empty if that is not known
	Datagrams uint64 // arrived, refused ones included
	Copies    uint64 // the same datagram through a second interface, passed over
	Repeats   uint64 // the same again through the same interface, and kept
	// Drops is how many the kernel threw away: its buffer was full, or they
	// were far too long for a packet. 0 where the system does not tell.
	Drops uint64
}

// InterfaceHealth says whether a network interface hears the group, and if
// not, why.
type InterfaceHealth struct {
	Name   string
	Addr   netip.Addr // its first IPv4 address; invalid if it has none
	Joined bool
	Why    string // why it was left out, such as "container bridge"
	// TestPacket is what became of the last test packet through it. None is
	// sent while Picos are heard.
	TestPacket TestPacket
}

// Refusals counts the datagrams refused for one reason.
type Refusals struct {
	Reason Reason
	Count  uint64
}

// A Refusal is one datagram that was refused.
type Refusal struct {
	From   netip.AddrPort
	Reason Reason
	Place  Place // where reading stopped; zero unless Reason is NotJSON or NotUTF8
	At     time.Time
}
