package notify

import (
	"fmt"
	"slices"
	"time"

	"picotop/house"
)

// maxLines bounds one message: services cut long ones. The rest is told in the next.
const maxLines = 20

// wants reports whether a target is to be told of a kind.
func (t Target) wants(k house.Kind) bool {
	if len(t.On) > 0 {
		return slices.Contains(t.On, k)
	}
	return slices.Contains(DefaultKinds(), k)
}

// at reports whether a moment lies in the quiet hours.
func (q QuietHours) at(t time.Time) bool {
	if q.From == q.To {
		return false
	}
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	since := t.Sub(midnight)
	if q.From < q.To {
		return since >= q.From && since < q.To
	}
	return since >= q.From || since < q.To
}

// planLocked returns what a target is to be told now, nil if it is nothing: all that is
// due, once the first of it has waited for others.
func (n *Notifier) planLocked(t Target, now time.Time) []Line {
	held := n.cfg.Quiet.at(now)
	var lines []Line
	ripe := false
	for _, i := range n.sortedLocked() {
		if !t.wants(i.kind) || held && (i.kind != house.Freezing || !n.cfg.Quiet.Freezing) {
			continue
		}
		for _, l := range n.dueLocked(i, t, now) {
			lines = append(lines, l)
			ripe = ripe || n.ripe(i, l, now)
		}
	}
	if !ripe {
		return nil
	}
	return lines[:min(len(lines), maxLines)]
}

// ripe reports whether a line has waited for others long enough.
func (n *Notifier) ripe(i *incident, l Line, now time.Time) bool {
	if l.State == Over {
		return now.Sub(i.over) >= gather
	}
	return now.Sub(i.seen) >= gather
}

// dueLocked is what there is to tell a target of one incident.
func (n *Notifier) dueLocked(i *incident, t Target, now time.Time) []Line {
	line := Line{Kind: i.kind, Label: i.label, Sensor: i.sensor, Pico: i.pico, Since: i.began, Text: i.text}
	last, told := i.told[t.Name]
	over := line
	over.State, over.Text = Over, i.end(n.state, n.style())
	switch {
	case !i.over.IsZero() && told:
		return []Line{over}
	case !i.over.IsZero() && len(i.told) == 0 && i.kind == house.Freezing && !i.quiet:
		line.State = Begun // it froze for less than others were waited for
		return []Line{line, over}
	case !i.over.IsZero(), i.quiet, !i.listed:
		return nil
	case !told:
		line.State = Begun
		return []Line{line}
	case n.cfg.RepeatAfter > 0 && now.Sub(last) >= n.cfg.RepeatAfter:
		line.State = Stands
		return []Line{line}
	}
	return nil
}

// next returns the message that a target is to be sent now, nil if there is none. It is
// on disk before it is returned, and so is what began to freeze, before anybody is told.
func (n *Notifier) next(t Target) *Message {
	n.mu.Lock()
	n.catchUpLocked()
	m, isNew := n.nextLocked(t)
	if !isNew && !n.begun {
		n.mu.Unlock()
		return m
	}
	n.begun = false
	text, number := n.stateLocked()
	n.mu.Unlock()
	n.save(text, number)
	return m
}

// nextLocked is next, without the disk.
func (n *Notifier) nextLocked(t Target) (m *Message, isNew bool) {
	q := n.queues[t.Name]
	now := n.opts.Now()
	if q == nil || n.seen == nil || now.Before(n.opts.NotBefore) {
		return nil, false
	}
	if q.out != nil {
		if now.Before(q.retry) {
			return nil, false
		}
		return q.out, false
	}
	lines := n.planLocked(t, now)
	if lines == nil || q.full(now, allowed(n.cfg.PerHour, lines)) {
		return nil, false
	}
	q.number++
	q.out = &Message{ID: fmt.Sprintf("%d-%d", now.Unix(), q.number), At: now, Title: title(lines), Lines: lines}
	q.retry, q.tries = now, 0
	for _, l := range lines {
		n.noteLocked(t.Name, l, now)
	}
	return q.out, true
}

// allowed is how many messages an hour there may be with these lines: a quarter is kept
// for what begins to freeze.
func allowed(perHour int, lines []Line) int {
	if slices.ContainsFunc(lines, func(l Line) bool { return l.Kind == house.Freezing && l.State == Begun }) {
		return perHour
	}
	return perHour - perHour/4
}

// noteLocked notes that a target is told of an incident.
func (n *Notifier) noteLocked(target string, l Line, now time.Time) {
	k := key{kind: l.Kind, sensor: l.Sensor, pico: l.Pico}
	i := n.incidents[k]
	if i == nil {
		return
	}
	if l.State != Over {
		i.told[target] = now
		return
	}
	delete(i.told, target)
	if len(i.told) == 0 {
		delete(n.incidents, k)
	}
}
