package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb/fileutil"
)

const hoursName = "hours.json"

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
