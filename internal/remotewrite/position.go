package remotewrite

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"
)

// positions are how far each stream of each target was sent. A target or stream that is
// no longer configured is kept: it may come back.
type positions struct {
	save func([]byte) error

	mu   sync.Mutex
	list map[string]map[string]position // by target and stream
}

// A position is how far one stream was sent.
type position struct {
	Until int64 `json:"until_ms"` // all up to here was answered
	Last  int64 `json:"last_ms"`  // the time of the last sample that was sent; 0 if none was
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
