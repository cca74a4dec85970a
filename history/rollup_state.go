package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/tsdb/fileutil"
)

const hoursName = "hours.json"

// hours is which hours have been recorded. The zero value knows of none.
type hours struct {
	mu   sync.Mutex // guards done
	done spans

	// What follows belongs to RecordHours.
	saved     spans               // as it is on disk
	queued    spans               // handed over, and not yet seen in the database
	written   map[ulid.ULID]spans // in blocks that the database has not found yet
	corrected time.Time
}

func (h *hours) recorded() spans {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.done
}

func (h *hours) add(of ...span) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range of {
		h.done = h.done.with(one)
	}
}

func (h *hours) queuedAndWritten() []spans {
	lists := []spans{h.queued}
	for _, list := range h.written {
		lists = append(lists, list)
	}
	return lists
}

// loadHours reads which hours were recorded. If that is lost they are recorded
// again, which changes nothing.
func (s *Store) loadHours() {
	text, err := os.ReadFile(s.hoursPath())
	if err == nil {
		err = json.Unmarshal(text, &s.hours.saved)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.logger.Warn("which hours are recorded is not known: they are recorded again", "file", s.hoursPath(), "err", err)
		return
	}
	s.hours.add(s.hours.saved...)
}

func (s *Store) saveHours() error {
	done := s.hours.recorded()
	if fmt.Sprint(done) == fmt.Sprint(s.hours.saved) {
		return nil
	}
	text, err := json.Marshal(done)
	if err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", err)
	}
	half := s.hoursPath() + ".new"
	if err := writeSynced(half, append(text, '\n')); err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", oneLine(err))
	}
	if err := fileutil.Rename(half, s.hoursPath()); err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", err)
	}
	s.hours.saved = done
	return nil
}

func (s *Store) hoursPath() string { return filepath.Join(s.dir, hoursName) }
