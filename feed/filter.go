package feed

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

// A gate keeps giants, and what comes from the addresses that are barred, out
// of a socket before they take room in its buffer, and tells what the kernel
// threw away.
type gate struct {
	barred []netip.Addr
	kept   uint64 // kept out while some were barred, until the last change
	before uint64 // thrown away in all at the last change
}

// bar changes which addresses are kept out. Where the system cannot do that
// they are refused when they are read.
func (s *socket) bar(addrs []netip.Addr) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Equal(addrs, s.gate.barred) {
		return nil
	}
	before := s.thrownAway()
	if err := s.filter(addrs); err != nil {
		return err
	}
	if len(s.gate.barred) > 0 {
		before = s.thrownAway()
		s.gate.kept += before - s.gate.before
	}
	s.gate.barred, s.gate.before = addrs, before
	return nil
}

// drops is how many datagrams the kernel has thrown away on this socket:
// those of barred addresses, and others. What is thrown away while addresses
// are barred is taken to be theirs.
func (s *socket) drops() (barred, others uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, kept := s.thrownAway(), s.gate.kept
	if len(s.gate.barred) > 0 {
		kept += all - s.gate.before
	}
	return kept, all - kept
}

// watchFloods bars the addresses that send too much, in the kernel, so that
// what the others send finds room.
func (l *Listener) watchFloods(ctx context.Context) {
	over := time.NewTimer(0)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.limits.flooded:
		case <-over.C:
		}
		addrs := l.limits.bars(l.cfg.Now())
		for _, p := range l.ports {
			p.bar(addrs)
		}
		if len(addrs) > 0 {
			over.Reset(barFor / 4)
		}
	}
}

// sleep waits, and reports whether ctx still goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
