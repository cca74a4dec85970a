package remotewrite

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"
)

// positions are how far each stream of each target was sent. A target or stream that is
// no longer configured is kept: it may come back.
type positions struct {
	save func([]byte) error

	mu   sync.Mutex
	list map[string]map[string]position // by target and stream
}

// leastLeap is how long nothing must have been there for the position to remember it.
const leastLeap = int64(time.Minute / time.Millisecond)

// A position is how far one stream was sent.
type position struct {
	Until int64 `json:"until_ms"` // all up to here was answered
	Last  int64 `json:"last_ms"`  // the time of the last sample that was sent; 0 if none was
	// The last long stretch of time in which nothing was there to send. It shows where to
	// go back to if its end was made up by a clock that ran ahead. It begins at 0 at the
	// first contact.
	LeapFrom int64 `json:"leap_from_ms,omitempty"`
	LeapTo   int64 `json:"leap_to_ms,omitempty"`
}

// firstContact is the position from which on a target gets samples.
func firstContact(until int64) position { return position{Until: until, LeapTo: until} }

// over is the position after a stretch of time in which nothing was.
func (p position) over(until int64) position {
	switch {
	case p.LeapTo == p.Until:
		p.LeapTo = until
	case until-p.Until >= leastLeap:
		p.LeapFrom, p.LeapTo = p.Until, until
	}
	p.Until = until
	return p
}

// after is the position after a batch was answered.
func (p position) after(b batch) position {
	if b.last == 0 {
		return p.over(b.until)
	}
	p = p.over(b.first - 1)
	p.Until, p.Last = b.until, max(p.Last, b.last)
	return p
}

// back is the position for a clock that was set back: from where on the target may miss
// samples. It is false if it was sent nothing by then.
func (p position) back(now int64) (position, bool) {
	if p.LeapFrom <= now && now < p.LeapTo {
		now = p.LeapFrom
	}
	return position{Until: now, Last: min(p.Last, now)}, now != 0
}

type positionsJSON struct {
	Version int                            `json:"version"`
	Targets map[string]map[string]position `json:"targets"`
}

const positionsVersion = 1

func (p *positions) load(read func() ([]byte, error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = map[string]map[string]position{}
	text, err := read()
	if err != nil || text == nil {
		return err
	}
	var file positionsJSON
	if err := json.Unmarshal(text, &file); err != nil {
		return err
	}
	if file.Version != positionsVersion {
		return fmt.Errorf("version %d is not known here", file.Version)
	}
	maps.Copy(p.list, file.Targets)
	return nil
}

func (p *positions) get(target, stream string) (position, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.list[target][stream]
	return at, ok
}

// set saves a position. If that fails the old one holds.
func (p *positions) set(target, stream string, at position) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	old, had := p.list[target][stream]
	if p.list[target] == nil {
		p.list[target] = map[string]position{}
	}
	p.list[target][stream] = at
	text, err := json.Marshal(positionsJSON{positionsVersion, p.list})
	if err == nil {
		err = p.save(append(text, '\n'))
	}
	if err != nil {
		if had {
			p.list[target][stream] = old
		} else {
			delete(p.list[target], stream)
		}
	}
	return err
}
