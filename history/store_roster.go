package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"

	"picotop/internal/romcode"
)

const rosterName = "roster.json"

// A Roster says what the readings do not: which Pico each sensor was last heard
// from, and what the Picos and the sensors are called.
type Roster struct {
	Sensors map[string]netip.Addr `json:"sensors"`                 // ROM code to Pico
	Picos   map[netip.Addr]string `json:"picos"`                   // Pico to name
	Heard   map[string]int64      `json:"heard_seconds,omitempty"` // ROM code to how long it was heard in all
	Names   map[string]string     `json:"names,omitempty"`         // ROM code to the name as it is sent, if that is in words; at most MaxNames
}

// LoadRoster reads the roster that was saved last. One that is missing or
// damaged reads as empty, and the log says so: all of it is learnt again from
// the packets. All maps can be written to.
func (s *Store) LoadRoster() Roster {
	s.rosterMu.Lock()
	defer s.rosterMu.Unlock()
	r, text, err := readRoster(s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.logger.Info("no roster yet: which Pico a sensor belongs to will be learnt", "file", s.rosterPath())
	case err != nil:
		s.logger.Warn("the roster is damaged: which Pico a sensor belongs to will be learnt again", "file", s.rosterPath(), "err", err)
	}
	s.roster = text
	sensors := make(map[string]netip.Addr, len(r.Sensors))
	for code, pico := range r.Sensors {
		spelt := romcode.Canonical(code)
		if _, newer := r.Sensors[spelt]; spelt == code || !newer {
			sensors[spelt] = pico
		}
	}
	r.Sensors = sensors
	heard := make(map[string]int64, len(r.Heard))
	for code, seconds := range r.Heard {
		heard[romcode.Canonical(code)] = max(seconds, heard[romcode.Canonical(code)])
	}
	r.Heard = heard
	r.Names = cleanNames(r.Names)
	if r.Picos == nil {
		r.Picos = map[netip.Addr]string{}
	}
	return r
}

// readRoster reads the roster of a history, as a value and as it is on disk. Both
// are empty if there is an error.
func readRoster(dir string) (r Roster, text []byte, err error) {
	if text, err = readSmallFile(filepath.Join(dir, rosterName)); err != nil {
		return Roster{}, nil, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return Roster{}, nil, err
	}
	return r, text, nil
}

// SaveRoster replaces the roster on disk, so that a crash leaves the old one or
// the new one. It writes nothing if nothing changed.
func (s *Store) SaveRoster(r Roster) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return fmt.Errorf("writing the roster: %w", err)
	}
	text = append(text, '\n')

	s.rosterMu.Lock()
	defer s.rosterMu.Unlock()
	if bytes.Equal(text, s.roster) {
		return nil
	}
	if len(text) > maxSmallFile {
		return fmt.Errorf("writing the roster: %d bytes are more than %d", len(text), maxSmallFile)
	}
	if err := s.replaceFile(rosterName, text); err != nil {
		return fmt.Errorf("writing the roster: %w", err)
	}
	s.roster = text
	return nil
}

func (s *Store) rosterPath() string { return filepath.Join(s.dir, rosterName) }
