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

const rollupStateName = "hours.json"

// rollupState knows which hours are rolled up. The zero value knows of none.
type rollupState struct {
	mu   sync.Mutex // guards done
	done timeRanges

	// Only RunRollups uses what follows.
	onDisk         timeRanges               // done, as hours.json has it
	queued         timeRanges               // queued, and not yet seen in the database
	writtenBlocks  map[ulid.ULID]timeRanges // in blocks that the database has not found yet
	lastCorrection time.Time
}

// recorded returns the hours whose rollups are in the database.
func (h *rollupState) recorded() timeRanges {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.done
}

func (h *rollupState) add(ranges ...timeRange) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range ranges {
		h.done = h.done.union(r)
	}
}

// pendingRanges returns the hours that are queued or in new blocks, and not yet
// confirmed.
func (h *rollupState) pendingRanges() []timeRanges {
	lists := []timeRanges{h.queued}
	for _, list := range h.writtenBlocks {
		lists = append(lists, list)
	}
	return lists
}

// loadRollupState reads which hours are rolled up. If that is lost they are
// rolled up again, which changes nothing.
func (s *Store) loadRollupState() {
	text, err := os.ReadFile(s.rollupStatePath())
	if err == nil {
		err = json.Unmarshal(text, &s.rollups.onDisk)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.logger.Warn("which hours are recorded is not known: they are recorded again", "file", s.rollupStatePath(), "err", err)
		return
	}
	s.rollups.add(s.rollups.onDisk...)
}

func (s *Store) saveRollupState() error {
	done := s.rollups.recorded()
	if fmt.Sprint(done) == fmt.Sprint(s.rollups.onDisk) {
		return nil
	}
	text, err := json.Marshal(done)
	if err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", err)
	}
	tmp := s.rollupStatePath() + ".new"
	if err := writeSynced(tmp, append(text, '\n')); err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", oneLine(err))
	}
	if err := fileutil.Rename(tmp, s.rollupStatePath()); err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", err)
	}
	s.rollups.onDisk = done
	return nil
}

func (s *Store) rollupStatePath() string { return filepath.Join(s.dir, rollupStateName) }
