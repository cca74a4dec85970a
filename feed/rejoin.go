package feed

import (
	"cmp"
	"context"
	"time"

	"picotop/internal/sleep"
)

const (
	// A switch or an access point that listens to IGMP, in a network where
	// nobody asks for reports, forgets a membership after some minutes: the
	// feed works for five minutes and then stops. Leaving and joining again
	// makes the kernel report.
	defaultSilence = 30 * time.Second
	longSilence    = 10 * time.Minute
	// checksPerSilence is how many times in defaultSilence it is asked whether it is
	// over.
	checksPerSilence = 4
	// leaveFor is how long all sockets stay away, so that the last one's
	// leaving and the first one's joining are told to the network.
	leaveFor = 300 * time.Millisecond
	// checkHoldersAfter is how long after leaving the kernel's table tells whether
	// anybody else here holds the group.
	checkHoldersAfter = 150 * time.Millisecond
)

// A silence decides when to join anew on one interface. The zero value has
// tried nothing yet.
type silence struct {
	wait  time.Duration // until the next try
	tried time.Time     // the last one
}

// due reports whether it is time to join anew, given when a packet came last
// and how long none may come. moment is now by the wall clock, on a grid that all
// programs share; now and heard are compared by the clock that has no steps.
//
// Every program on a host has to leave at the same moment: the kernel tells the
// network only of the last one's leaving. Those that heard the same packet last
// agree on the first try; the later ones are made at multiples of the waiting
// time, where all meet.
func (s *silence) due(moment, now, heard time.Time, allowed time.Duration) bool {
	if s.wait == 0 || heard.After(s.tried) {
		*s = silence{wait: allowed}
	}
	switch {
	case now.Sub(heard) < allowed,
		now.Sub(s.tried) < s.wait/2,
		!s.tried.IsZero() && !moment.Equal(moment.Truncate(s.wait)):
		return false
	}
	s.tried, s.wait = now, max(allowed, min(2*s.wait, longSilence))
	return true
}

// watchSilence joins the group anew where nothing is heard any more.
func (l *Listener) watchSilence(ctx context.Context) {
	short := cmp.Or(l.silence, defaultSilence)
	grain := short / checksPerSilence
	silences := map[int]*silence{}
	for {
		now := l.cfg.Now()
		moment := now.Truncate(grain).Add(grain)
		if !sleep.For(ctx, moment.Sub(now)) {
			return
		}
		now = l.cfg.Now()
		var silent []iface
		allowed := max(short, (3 * l.interval()).Round(short))
		for _, c := range l.network() {
			s := silences[c.Index]
			if s == nil {
				s = &silence{}
				silences[c.Index] = s
			}
			if s.due(moment, now, l.heardOn(c.Index), allowed) {
				silent = append(silent, c)
			}
		}
		if len(silent) > 0 && !l.rejoin(ctx, silent) {
			return
		}
	}
}

// heardOn is when a packet came last through an interface. Of one through
// which none ever came nothing can be said: it is silent only when all are.
func (l *Listener) heardOn(index int) time.Time {
	heard := l.counts.arrival(index)
	if !heard.IsZero() {
		return heard
	}
	heard = later(l.started, l.counts.arrival(0))
	for _, c := range l.network() {
		heard = later(heard, l.counts.arrival(c.Index))
	}
	return heard
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// network lists the interfaces that hear the group, but lo.
func (l *Listener) network() []iface {
	var list []iface
	for _, c := range l.currentInterfaces() {
		if c.health.Joined && !c.loopback() {
			list = append(list, c)
		}
	}
	return list
}

func (l *Listener) interval() time.Duration {
	if l.cfg.Interval == nil {
		return 0
	}
	return l.cfg.Interval()
}

// Rejoin makes the network learn of the membership again now, without waiting
// for silence. It takes a third of a second at most.
func (l *Listener) Rejoin(ctx context.Context) {
	if list := l.network(); len(list) > 0 {
		l.rejoin(ctx, list)
	}
}

// rejoin makes the network learn of the membership again on the interfaces in
// list: by a report of its own where that is permitted, else by leaving the
// group and joining it again. It reports whether ctx still goes on.
func (l *Listener) rejoin(ctx context.Context, list []iface) bool {
	l.joining.Lock()
	defer l.joining.Unlock()
	if err := report(l.cfg.Group, list); err == nil {
		l.counts.rejoined(false)
		l.cfg.Logger.Info("nothing heard, reported the membership anew", "group", l.cfg.Group, "on", names(list))
		return true
	}
	for _, p := range l.ports {
		p.leave(list)
	}
	ok := sleep.For(ctx, checkHoldersAfter)
	held := heldElsewhere(l.cfg.Group, list)
	ok = ok && sleep.For(ctx, leaveFor-checkHoldersAfter)
	all := l.currentInterfaces()
	for _, p := range l.ports {
		p.join(all)
	}
	l.counts.rejoined(len(held) > 0)
	l.cfg.Logger.Info("nothing heard, joined the group anew", "group", l.cfg.Group, "on", names(list), "held_by_others_on", held)
	return ok
}

func names(list []iface) []string {
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names
}
