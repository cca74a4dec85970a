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
	// An attempt to open what would not open is made after retryFirst, and
	// then ever later up to retryLast.
	retryFirst = 5 * time.Second
	retryLast  = time.Minute

	// probeSize is how much room there must be before a database that met a
	// full disk is opened again: opening it writes too.
	probeSize = 1 << 20
	probeName = "probe.tmp"

	lookEvery = time.Hour
)

// care is what a Store knows of the health of its database.
type care struct {
	lock fileutil.Releaser // nil while not held

	// broken says that a write failed. The library's log may end in half a
	// record then, and what it appends to that is lost at the next start: the
	// database must be opened anew before anything is written.
	broken bool
	// stale says that there are blocks which the database has not found.
	stale bool

	delay time.Duration // between attempts to open; 0 after one that worked
	next  time.Duration // when the next one is due, by Store.elapsed

	clockRight bool // rather than what is stored

	deeply bool          // look at every chunk at the next opening
	looked time.Duration // when that was done last, by Store.elapsed; 0 if never
}

// due reports whether an attempt to save makes sense: not while the next one
// to open the database is still to come. tending is held.
func (s *Store) due() bool {
	return s.db != nil || s.elapsed(s.now()) >= s.care.next
}

// tend makes sure that there is a database which can be written. tending is
// held.
func (s *Store) tend() error {
	if s.db != nil && s.outlived() {
		s.care.clockRight, s.care.broken = true, true
	}
	if s.db != nil && s.suspected() {
		s.care.deeply, s.care.broken = true, true
	}
	switch {
	case s.db == nil:
		return s.attach()
	case s.care.broken || s.care.stale:
		// While there is no room it stays open, to be read.
		if err := s.probe(); err != nil {
			return err
		}
		if err := s.detach(); err != nil {
			s.logger.Debug("closing the database", "err", err)
		}
		return s.attach()
	}
	return nil
}

// outlived asks whether the clock is to be believed rather than the store.
func (s *Store) outlived() bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookLocked(now)
	if s.doubt != behindStored {
		return false
	}
	return s.clock.outlived(now.UnixMilli(), s.elapsed(now).Milliseconds(), s.cfg.Synced())
}

// suspected reports whether a read or a compaction failed, so that it is time
// to look for a damaged block: once an hour at most, for that reads all of it.
func (s *Store) suspected() bool {
	now := s.elapsed(s.now())
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.suspect || s.care.looked > 0 && now-s.care.looked < lookEvery {
		return false
	}
	s.suspect, s.care.looked = false, max(now, 1)
	return true
}

// mistrust has the blocks looked at.
func (s *Store) mistrust() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspect = true
}

// attach opens the database. After an error it sets the time of the next
// attempt. tending is held.
func (s *Store) attach() error {
	err := s.attachNow()
	if err != nil {
		s.care.delay = min(max(2*s.care.delay, retryFirst), retryLast)
		s.care.next = s.elapsed(s.now()) + s.care.delay
		return err
	}
	s.care.delay, s.care.broken, s.care.stale, s.care.clockRight = 0, false, false, false
	s.survey()
	select {
	case <-s.ready:
	default:
		close(s.ready)
	}
	return nil
}

func (s *Store) attachNow() error {
	if s.care.lock == nil {
		lock, err := claim(s.dir)
		if err != nil {
			return err
		}
		s.care.lock = lock
	}
	var db *tsdb.DB
	var err error
	// Without room the library opens, and panics a minute later; and each time
	// that it does not open it keeps some files open for good.
	if err = s.probe(); err == nil {
		db, err = s.load()
	}
	if err != nil {
		return &DirError{Dir: s.dir, Err: errors.Join(err, s.unlock())}
	}
	s.opened.Lock()
	defer s.opened.Unlock()
	s.db = db
	s.opens++
	return nil
}

// detach closes the database, if it is open. tending is held.
func (s *Store) detach() error {
	s.opened.Lock()
	defer s.opened.Unlock()
	if s.db == nil {
		return nil
	}
	err := guarded(s.db.Close)
	s.db = nil
	return err
}

// unlock leaves the directory to others. tending is held.
func (s *Store) unlock() error {
	if s.care.lock == nil {
		return nil
	}
	err := s.care.lock.Release()
	s.care.lock = nil
	return err
}

// probe reports whether there is room to write.
func (s *Store) probe() error {
	path := filepath.Join(s.dir, probeName)
	err := writeSynced(path, make([]byte, probeSize))
	err = errors.Join(err, os.Remove(path))
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk is full: %w", syscall.ENOSPC)
	}
	return oneLineOrNil(err)
}
