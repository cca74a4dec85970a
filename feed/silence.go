package feed

import (
	"cmp"
	"context"
	"time"
)

const (
	// A switch or an access point that listens to IGMP, in a network where
	// nobody asks for reports, forgets a membership after some minutes: the
	// feed works for five minutes and then stops. Leaving and joining again
	// makes the kernel report.
	defaultSilence = 30 * time.Second
	longSilence    = 10 * time.Minute
	// leaveFor is how long all sockets stay away, so that the last one's
	// leaving and the first one's joining are told to the network.
	leaveFor = 300 * time.Millisecond
	// lookAfter is how long after leaving the kernel's table tells whether
	// anybody else here holds the group.
	lookAfter = 150 * time.Millisecond
)

// A silence decides when to join anew. The zero value has heard
// nothing.
type silence struct {
	short time.Duration // how long nothing may be heard; 0 means defaultSilence
	wait  time.Duration // until the next try; 0 means to begin anew
	since time.Time     // the last packet or try
}

// next returns the moment at which to look again. It is a multiple of the
// waiting time, for every program on a host has to leave at the same moment:
// the kernel tells the network only of the last one's leaving.
func (s *silence) next(now time.Time, interval time.Duration) time.Time {
	if s.wait == 0 {
		short := cmp.Or(s.short, defaultSilence)
		s.wait = max(short, (3 * interval).Round(short))
		s.since = now
	}
	return now.Truncate(s.wait).Add(s.wait)
}

// over reports whether it is time to join anew, given when the last packet
// came.
func (s *silence) over(now, heard time.Time) bool {
	if heard.After(s.since) {
		s.wait = 0
		return false
	}
	if now.Sub(s.since) < s.wait/2 {
		return false // silent for too short a time to tell
	}
	s.since, s.wait = now, min(2*s.wait, longSilence)
	return true
}

// watchSilence joins the group anew when nothing at all is heard.
func (l *Listener) watchSilence(ctx context.Context) {
	s := silence{short: l.silence}
	for {
		now := l.cfg.Now()
		if !sleep(ctx, s.next(now, l.interval()).Sub(now)) {
			return
		}
		if s.over(l.cfg.Now(), l.counts.last()) && !l.rejoin(ctx) {
			return
		}
	}
}

func (l *Listener) interval() time.Duration {
	if l.cfg.Interval == nil {
		return 0
	}
	return l.cfg.Interval()
}

// Rejoin makes the network learn of the membership again now, without waiting
// for silence. It takes a third of a second at most.
func (l *Listener) Rejoin(ctx context.Context) { l.rejoin(ctx) }

// rejoin makes the network learn of the membership again: by a report of its
// own where that is permitted, else by leaving the group on every interface
// but lo and joining it again. It reports whether ctx still goes on.
func (l *Listener) rejoin(ctx context.Context) bool {
	l.joining.Lock()
	defer l.joining.Unlock()
	list := l.currentInterfaces()
	if !hasNetwork(list) {
		return true
	}
	if err := report(l.cfg.Group, list); err == nil {
		l.counts.rejoined(false)
		l.cfg.Logger.Info("nothing heard, reported the membership anew", "group", l.cfg.Group)
		return true
	}
	for _, p := range l.ports {
		p.leave(list)
	}
	ok := sleep(ctx, lookAfter)
	held := heldElsewhere(l.cfg.Group, list)
	ok = ok && sleep(ctx, leaveFor-lookAfter)
	for _, p := range l.ports {
		p.join(list)
	}
	l.counts.rejoined(len(held) > 0)
	l.cfg.Logger.Info("nothing heard, joined the group anew", "group", l.cfg.Group, "held_by_others_on", held)
	return ok
}

// hasNetwork reports whether any interface but lo is joined.
func hasNetwork(list []iface) bool {
	for _, c := range list {
		if c.health.Joined && !c.loopback() {
			return true
		}
	}
	return false
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
