package history

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/fileutil"
)

const maintainEvery = time.Minute

// runMaintenance compacts the database and updates Stats every minute, until ctx
// ends.
//
// The library has a goroutine of its own for compaction. It panics there if the
// disk is full at a bad moment, and nobody could catch that. So that goroutine
// is given nothing to do, and the same is done here.
func (s *Store) runMaintenance(ctx context.Context) {
	tick := time.NewTicker(maintainEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.compact(ctx)
			s.updateStats()
		}
	}
}

// compact moves the oldest hours in memory to a block, if it is time, merges
// blocks, and deletes those that are too old. What is committed and read
// meanwhile does not wait.
func (s *Store) compact(ctx context.Context) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil || s.lastSaveFailed() {
		return
	}
	before := s.db.BlockMetas()
	err := catchWritePanic(func() error {
		s.db.ForceHeadMMap()
		return s.db.Compact(ctx)
	})
	if !slices.EqualFunc(before, s.db.BlockMetas(), func(a, b tsdb.BlockMeta) bool { return a.ULID == b.ULID }) {
		freeMemory()
	}
	if err != nil && ctx.Err() == nil {
		s.logger.Error("merging history", "err", oneLine(err))
		s.suspectDamage()
	}
}

// freeMemory returns to the system the memory that blocks were made with, some
// 70 MB, which would else be kept for minutes, on a machine that may have 512.
func freeMemory() { debug.FreeOSMemory() }

// lastSaveFailed reports whether the last attempt to save failed.
func (s *Store) lastSaveFailed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts.err != ""
}

// updateStats measures what is too expensive to measure at every call of Stats,
// and forgets the sensors that have not been heard for long.
func (s *Store) updateStats() {
	s.mu.Lock()
	s.tidyPlacesLocked(s.elapsed(s.now()).Milliseconds())
	s.mu.Unlock()

	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return
	}
	bytes, err := fileutil.DirSize(s.dir)
	oldest, newest := s.committedBounds()
	now := s.now()

	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil { // else the last figure will do
		s.counts.bytes = bytes
	}
	s.counts.series = int(s.db.Head().NumSeries())
	s.counts.hasSamples = oldest <= newest
	if s.counts.hasSamples {
		s.counts.oldest, s.counts.newest = oldest, newest
	}
	s.checkClockLocked(now)
}
