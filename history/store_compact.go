package history

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/prometheus/prometheus/tsdb"
)

// The library has a goroutine for what is done now and then. It panics there
// if the disk is full at a bad moment, and nobody could catch that. So that
// goroutine is given nothing to do, and the same is done here.

// upkeep merges what is due every minute, until ctx ends.
func (s *Store) upkeep(ctx context.Context) {
	tick := time.NewTicker(surveyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.compact(ctx)
			s.survey()
		}
	}
}

// compact moves the oldest hours in memory to a block, if it is time, merges
// blocks, and deletes those that are too old. What is committed and read
// meanwhile does not wait.
func (s *Store) compact(ctx context.Context) {
	s.opened.RLock()
	defer s.opened.RUnlock()
	if s.db == nil || s.inTrouble() {
		return
	}
	before := s.db.BlockMetas()
	err := guarded(func() error {
		s.db.ForceHeadMMap()
		return s.db.Compact(ctx)
	})
	if !slices.EqualFunc(before, s.db.BlockMetas(), func(a, b tsdb.BlockMeta) bool { return a.ULID == b.ULID }) {
		freeMemory()
	}
	if err != nil && ctx.Err() == nil {
		s.logger.Error("merging history", "err", oneLine(err))
		s.mistrust()
	}
}

// freeMemory returns to the system what blocks were made with, some 70 MB, which
// would else be kept for minutes, on a machine that may have 512.
func freeMemory() { debug.FreeOSMemory() }

// inTrouble reports whether the last attempt to save failed.
func (s *Store) inTrouble() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts.err != ""
}

// guarded calls the library, which panics if a file cannot be written.
func guarded(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			panic(r)
		case error:
			err = errors.Join(err, fmt.Errorf("writing: %w", r))
		default:
			panic(r)
		}
	}()
	return f()
}
