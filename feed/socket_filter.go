package feed

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

// filterStats tells apart why the kernel threw datagrams away on a socket. The
// socket's filter keeps out, before they take room in its buffer, those that are
// far too long and those of barred addresses; the kernel has one count for these
// and for what found no room.
type filterStats struct {
	barred []netip.Addr
	kept   uint64 // kept out while some were barred, until the last change
	before uint64 // thrown away in all at the last change
}

// bar changes which addresses are kept out. Where the system cannot do that
// they are refused when they are read.
func (s *socket) bar(addrs []netip.Addr) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Equal(addrs, s.stats.barred) {
		return nil
	}
	before := s.dropCount()
	if err := s.filter(addrs); err != nil {
		return err
	}
	if len(s.stats.barred) > 0 {
		before = s.dropCount()
		s.stats.kept += before - s.stats.before
	}
	s.stats.barred, s.stats.before = addrs, before
	return nil
}

// kernelDrops is how many datagrams the kernel has thrown away on this socket:
// those of barred addresses, and others. What is thrown away while addresses
// are barred is taken to be theirs.
func (s *socket) kernelDrops() (barred, others uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, kept := s.dropCount(), s.stats.kept
	if len(s.stats.barred) > 0 {
		kept += all - s.stats.before
	}
	return kept, all - kept
}

// barFlooders bars the addresses that send too much, in the kernel, so that
// what the others send finds room.
func (l *Listener) barFlooders(ctx context.Context) {
	over := time.NewTimer(barFor)
	over.Stop() // until somebody is barred there is nothing to lift
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
