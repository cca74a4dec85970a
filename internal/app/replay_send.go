package app

import (
	"context"
	"net/netip"
	"sync/atomic"
	"time"

	"picotop/feed"
	"picotop/internal/capture"
	"picotop/internal/multicast"
	"picotop/internal/status"
)

// sentPerSecond bounds how fast anything is sent: an access point sends multicast
// slowly.
const sentPerSecond = 2_000

// A ReplaySender plays a recording onto a network.
type ReplaySender struct {
	*multicast.Sender
	replay *Replay
	clock  *replayClock
	number map[netip.Addr]int // of the recording's senders, which a capture bounds by its length

	sent, otherwise atomic.Int64
}

// OpenSender opens a network interface to play the recording on: each sender of it
// from an address of its own, where the system allows that. It returns a
// [*multicast.InterfaceError] if the interface cannot be used. Close it.
func (r *Replay) OpenSender(iface string) (*ReplaySender, error) {
	sources := len(r.summary.Sources)
	if r.IsStream() {
		sources = multicast.MaxSources // nobody knows who will be in it
	}
	sender, err := multicast.Open(iface, r.cfg.Group, multicast.LoopbackSources(sources))
	if err != nil {
		return nil, err
	}
	s := &ReplaySender{Sender: sender, replay: r, number: map[netip.Addr]int{}}
	for _, addr := range r.summary.Sources {
		s.numberOf(addr)
	}
	s.clock = r.newClock()
	return s, nil
}

// Run plays the recording until ctx ends, which makes it return nil, or the file
// does. What came before the damage of a [*FileError] was sent.
func (s *ReplaySender) Run(ctx context.Context) error {
	r := s.replay
	return r.play(ctx, capture.PlayConfig{
		Ports: r.cfg.Ports, Speed: r.cfg.Speed, PerSecond: sentPerSecond,
		Each: func(d feed.Datagram, at time.Duration) error {
			s.clock.reached(at)
			if d.To.Addr() != r.cfg.Group {
				s.otherwise.Add(1)
				return nil
			}
			s.sent.Add(1)
			return s.Send(s.numberOf(d.From.Addr()), d.To.Port(), d.Payload)
		},
	})
}

// numberOf counts the senders of the recording in the order in which they come.
func (s *ReplaySender) numberOf(addr netip.Addr) int {
	n, ok := s.number[addr]
	if !ok {
		n = len(s.number) % multicast.MaxSources
		s.number[addr] = n
	}
	return n
}

// Position is how far the recording was sent.
func (s *ReplaySender) Position() status.Replay {
	return s.clock.position(s.sent.Load(), s.replay.summary.Datagrams)
}

// Counts returns how many packets were sent, how many were left out since they went
// elsewhere than to the group, and how long it took so far.
func (s *ReplaySender) Counts() (sent, leftOut int64, took time.Duration) {
	return s.sent.Load(), s.otherwise.Load(), s.clock.elapsed()
}
