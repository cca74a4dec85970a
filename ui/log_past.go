package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

const (
	// firstPast is how far back the log reads first, and pastGrows by how much farther
	// each time: a year is reached with the fourth answer, and ten with the sixth. Each
	// answer takes the place of the one before, so that none depends on another.
	firstPast = 30 * 24 * time.Hour
	pastGrows = 3
)

// A pastLog is what the log shows from the history, beyond the events that the house
// holds. The zero value has read nothing.
type pastLog struct {
	generation uint64 // of the request whose answer is awaited; another one comes too late
	loading    bool
	from       time.Time // as far back as was read; zero if nothing was
	whole      bool      // that is where the history begins
	trouble    string    // why nothing more was read; empty after the next key
	list       []house.PastCondition
}

// A pastRequest asks the Source for what was wrong.
type pastRequest struct {
	generation uint64
	from, to   time.Time
	whole      bool // from is before all that the history has
}

// A pastResult carries its request, so that one that comes too late is recognised.
type pastResult struct {
	request pastRequest
	list    []house.PastCondition
	err     error
}

// reset forgets what was read, and what is under way.
func (p *pastLog) reset() { *p = pastLog{generation: p.generation + 1} }

// full reports whether as much is shown as is told at once.
func (p *pastLog) full() bool { return len(p.list) >= house.MaxPast }

// next is what to ask for to reach farther back than now; ok is false if nothing is.
func (p *pastLog) next(s *viewState) (req pastRequest, ok bool) {
	span := s.pastSpan()
	if p.loading || p.whole || p.full() || p.trouble != "" || span <= 0 {
		return pastRequest{}, false
	}
	back := firstPast
	if !p.from.IsZero() {
		back = pastGrows * s.now.Sub(p.from)
	}
	p.generation++
	p.loading = true
	req = pastRequest{generation: p.generation, from: s.now.Add(-back), to: s.now}
	if back >= span {
		req.from, req.whole = time.Unix(0, 0), true
	}
	return req, true
}

// pastSpan is how far back the history may go that is read; 0 if none is.
func (s *viewState) pastSpan() time.Duration {
	switch {
	case s.health.Origin.Engine:
		return s.health.Origin.Past
	case s.health.History.Off:
		return 0
	}
	return s.health.History.Span
}

// take takes an answer, unless it comes too late.
func (p *pastLog) take(result pastResult, ascii bool) {
	if !p.loading || result.request.generation != p.generation {
		return
	}
	p.loading = false
	if result.err != nil {
		if p.trouble = clean(result.err.Error(), ascii); errors.Is(result.err, context.DeadlineExceeded) {
			p.trouble = "reading farther back takes too long"
		}
		return
	}
	p.from, p.whole = result.request.from, result.request.whole
	p.list = slices.Clone(result.list[:min(len(result.list), house.MaxPast)])
	for i := range p.list {
		c := &p.list[i]
		c.Kind, c.Label = house.Kind(clean(string(c.Kind), ascii)), clean(c.Label, ascii)
	}
}

// loadPast asks the Source for what was before, if the end of the list is on the screen.
func (m *model) loadPast() tea.Cmd {
	if m.readPast == nil || m.open != logOpen || m.log.packets {
		return nil
	}
	m.draw() // only then is it known where the end is
	if m.log.pager.offset < m.log.pager.last {
		return nil
	}
	req, ok := m.log.past.next(&m.viewState)
	if !ok {
		return nil
	}
	m.dirty = true
	return func() tea.Msg { return m.readPast(req) }
}
