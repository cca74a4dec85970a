package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/fileutil"
)

const (
	// After a failed opening the next attempt comes after minRetryDelay, and then
	// after twice as long each time, up to maxRetryDelay.
	minRetryDelay = 5 * time.Second
	maxRetryDelay = time.Minute

	// probeSize is how much room there must be before a database that met a
	// full disk is opened again: opening it writes too.
	probeSize = 1 << 20
	probeName = "probe.tmp"

	// damageCheckEvery bounds how often every chunk is read to find damage.
	damageCheckEvery = time.Hour
)

// dbState is what a Store knows of the health of its database. Store.writeMu
// guards it.
type dbState struct {
	lock fileutil.Releaser // nil while not held

	// broken says that a write failed. The library's log may end in half a
	// record then, and what it appends to that is lost at the next start: the
	// database must be opened anew before anything is written.
	broken bool
	// stale says that there are blocks which the database has not found.
	stale bool

	retryDelay time.Duration // between attempts to open; 0 after one that worked
	nextOpen   time.Duration // when the next one is due, by Store.elapsed

	trustClock bool // rather than what is stored

	checkAllChunks  bool          // look at every chunk at the next opening
	lastDamageCheck time.Duration // when that was done last, by Store.elapsed; 0 if never
}

// retryDue reports whether an attempt to save makes sense: not before the next
// attempt to open the database is due. writeMu is held.
func (s *Store) retryDue() bool {
	return s.db != nil || s.elapsed(s.now()) >= s.dbState.nextOpen
}

// ensureOpen opens the database if it is closed, and opens it anew after a
// failed write, for new blocks or to look for damage. writeMu is held.
func (s *Store) ensureOpen() error {
	if s.db != nil && s.clockOverrulesStore() {
		s.dbState.trustClock, s.dbState.broken = true, true
	}
	if s.db != nil && s.damageCheckDue() {
		s.dbState.checkAllChunks, s.dbState.broken = true, true
	}
	switch {
	case s.db == nil:
		return s.openDB()
	case s.dbState.broken || s.dbState.stale:
		// While there is no room it stays open, to be read.
		if err := s.probe(); err != nil {
			return err
		}
		if err := s.closeDB(); err != nil {
			s.logger.Debug("closing the database", "err", err)
		}
		return s.openDB()
	}
	return nil
}

// clockOverrulesStore reports whether the clock is to be believed rather than
// what is stored.
func (s *Store) clockOverrulesStore() bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkClockLocked(now)
	if s.clockFault != clockBehindStore {
		return false
	}
	return s.clock.overrulesStore(now.UnixMilli(), s.elapsed(now).Milliseconds(), s.cfg.Synced())
}

// damageCheckDue reports whether a read or a compaction failed, so that it is
// time to look for a damaged block, and resets that: once an hour at most, for
// the check reads all of the history. writeMu is held.
func (s *Store) damageCheckDue() bool {
	now := s.elapsed(s.now())
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.blocksSuspect || s.dbState.lastDamageCheck > 0 && now-s.dbState.lastDamageCheck < damageCheckEvery {
		return false
	}
	s.blocksSuspect, s.dbState.lastDamageCheck = false, max(now, 1)
	return true
}

// suspectDamage has the blocks checked for damage at the next save.
func (s *Store) suspectDamage() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocksSuspect = true
}

// openDB opens the database. After an error it sets the time of the next
// attempt. writeMu is held.
func (s *Store) openDB() error {
	err := s.tryOpenDB()
	if err != nil {
		s.dbState.retryDelay = min(max(2*s.dbState.retryDelay, minRetryDelay), maxRetryDelay)
		s.dbState.nextOpen = s.elapsed(s.now()) + s.dbState.retryDelay
		return err
	}
	s.dbState.retryDelay, s.dbState.broken, s.dbState.stale, s.dbState.trustClock = 0, false, false, false
	s.updateStats()
	s.rememberSettled()
	select {
	case <-s.ready:
	default:
		close(s.ready)
	}
	return nil
}

// rememberSettled learns from the database which sensors are settled.
func (s *Store) rememberSettled() {
	s.dbMu.RLock()
	settled, err := s.findSettled()
	s.dbMu.RUnlock()
	if err != nil { // they are when they were heard for long enough
		s.logger.Debug("looking for settled sensors", "err", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places.settled = settled
}

func (s *Store) tryOpenDB() error {
	if s.dbState.lock == nil {
		lock, err := s.lockDir()
		if err != nil {
			return err
		}
		s.dbState.lock = lock
	}
	var db *tsdb.DB
	var err error
	// Without room the library opens, and panics a minute later; and each time
	// that it does not open it keeps some files open for good.
	if err = s.probe(); err == nil {
		db, err = s.openRepaired()
	}
	if err != nil {
		return &DirError{Dir: s.dir, Err: errors.Join(err, s.releaseLock())}
	}
	oldSpellings, err := findOldSpellings(db)
	if err != nil { // to be on the safe side: it costs little
		s.logger.Debug("looking for old spellings", "err", err)
		oldSpellings = true
	}
	s.dbMu.Lock()
	defer s.dbMu.Unlock()
	s.db, s.oldSpellings = db, oldSpellings
	s.dbGeneration++
	return nil
}

// closeDB closes the database, if it is open. writeMu is held.
func (s *Store) closeDB() error {
	s.dbMu.Lock()
	defer s.dbMu.Unlock()
	if s.db == nil {
		return nil
	}
	err := catchWritePanic(s.db.Close)
	s.db = nil
	return err
}

// releaseLock lets other programs use the directory. writeMu is held.
func (s *Store) releaseLock() error {
	if s.dbState.lock == nil {
		return nil
	}
	err := s.dbState.lock.Release()
	s.dbState.lock = nil
	return err
}

// probe makes and removes a file, and returns an error if there is no room for
// it.
func (s *Store) probe() error {
	if err := s.clearWay(probeName); err != nil {
		return err
	}
	path := filepath.Join(s.dir, probeName)
	err := takeRoom(path, probeSize)
	err = errors.Join(err, os.Remove(path))
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk is full: %w", syscall.ENOSPC)
	}
	return oneLineOrNil(err)
}
