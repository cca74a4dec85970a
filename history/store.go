// Package history stores temperatures in an embedded Prometheus TSDB, which has
// a directory of its own.
//
// A [Store] promises four things. Append never waits for the disk: a bounded
// queue stands between, and what does not fit is dropped and counted. What was
// appended is readable at once, committed or not. What was committed survives
// a crash of the program, and of the machine except for the last half minute.
// And no trouble ends the program: while the disk is full or missing, or the
// clock cannot be right, samples wait in memory; what is damaged is moved to
// quarantine/, and never deleted. [Stats] reports all of it.
//
// Each sensor is one series, temperature{sensor_name, friendly_name, sensor};
// a sensor that was renamed has several, and is read as one. Times have the
// precision of a millisecond. What the labels do not carry, which Pico a
// sensor belongs to and what that Pico is called, is in the [Roster] beside.
//
// The files are named after the part that they belong to: store_ opens, queues
// and commits; query_ reads; rollup_ sums up each hour; repair_ finds damage and
// moves it away; archive_ exports, imports, merges and forgets sensors and shows
// what is on disk.
//
// The package knows nothing of packets, but what a sensor can measure, nothing of
// what is known now, and nothing of screens.
package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/prometheus/tsdb"
)

// A Store is a history, open or to be opened. It is safe for concurrent use.
type Store struct {
	cfg     Config
	dir     string
	now     func() time.Time
	elapsed func(now time.Time) time.Duration // since New, by a monotonic clock
	logger  *slog.Logger

	// ready is closed when the store is open for the first time.
	ready chan struct{}

	// batchReady wakes Run when the queue holds batchSize points. It has room for
	// one signal, and a second one is dropped: it would say nothing new.
	batchReady chan struct{}
	closing    chan struct{}  // closed by Close
	running    sync.WaitGroup // Run and RunRollups; Close waits for it
	closeOnce  sync.Once
	closeErr   error // what Close returns; written once, in closeOnce

	// The mutexes are taken in the order in which they stand here.

	// writeMu guards dbState, and is held while db is opened, closed or written.
	writeMu sync.Mutex
	dbState dbState

	// dbMu guards db and the three below it. Whoever uses db holds it for
	// reading, for as long as anything read from db is in use: its chunks are
	// mapped memory.
	dbMu         sync.RWMutex
	db           *tsdb.DB // nil before it is open, while it cannot be, and after Close
	dbGeneration int      // counts how often db was opened: a series.ref belongs to one
	oldSpellings bool     // whether db holds ROM codes that are spelt otherwise than today
	closed       bool     // Close is done

	// batchMu guards batch and the ref of each series. A commit holds it while
	// it moves batch into db, so that a reader finds each point in one of the
	// two, and only there. To change batch takes mu as well.
	batchMu     sync.RWMutex
	batch       []point // of a commit under way, with Unix times
	batchOffset int64   // ms that were added to monotonic times to get those

	mu            sync.Mutex // guards the rest; never held during I/O
	closeCalled   bool       // Close was called
	clock         clockState
	clockFault    clockFault
	blocksSuspect bool    // a block may be damaged
	queue         []point // with times of the monotonic clock
	places        places
	counts        counts
	unsynced      bool      // something was committed since the last fsync
	lastSync      time.Time // when that fsync was

	warnings warnings    // has its own mutex, taken before all others
	silences silences    // has its own mutex, taken after writeMu and before mu
	rollups  rollupState // has its own mutex, taken after all others

	rosterMu sync.Mutex
	roster   []byte // as it is on disk, if known
}

// New returns a store that is not open yet: Open or Run opens it. What is
// appended meanwhile waits in the queue. It touches no disk.
func New(cfg Config) *Store {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Retention == 0 {
		cfg.Retention = DefaultRetention
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.Built.Before(clockFloor) {
		cfg.Built = clockFloor
	}
	if cfg.Synced == nil {
		cfg.Synced = func() bool { return false }
	}
	created := cfg.Now()
	return &Store{
		cfg:        cfg,
		dir:        cfg.Dir,
		now:        cfg.Now,
		elapsed:    func(now time.Time) time.Duration { return now.Sub(created) },
		logger:     cfg.Logger,
		ready:      make(chan struct{}),
		batchReady: make(chan struct{}, 1),
		closing:    make(chan struct{}),
		clock:      clockState{floor: cfg.Built.UnixMilli()},
		places:     newPlaces(),
		lastSync:   created,
	}
}

// Open calls New, and Open on the result. If that fails it closes the store. The
// caller must close the store that it returns.
func Open(cfg Config) (*Store, error) {
	s := New(cfg)
	if err := s.Open(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Open opens the history, and makes its directory first if need be. It reads
// back what the last run left in the write-ahead log, which takes tens of
// milliseconds, and moves what is damaged to quarantine. After an error Run, if
// it runs, tries again.
//
// It returns an [*InUseError] if another process has it open, and a
// [*DirError] if the directory cannot be used. [CanWait] tells whether a program
// can well go on meanwhile: what it appends is kept in memory, and can be read.
func (s *Store) Open() error {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if s.closed {
		return errClosed
	}
	if s.db != nil {
		return nil
	}
	err := s.openDB()
	if err != nil {
		now := s.now()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.counts.setErr(err, now)
	}
	return err
}

// Ready returns a channel that is closed once the store has been opened.
func (s *Store) Ready() <-chan struct{} { return s.ready }

// Close ends Run and RunRollups, waits for them and for every read, commits what
// is queued and closes the files. What cannot be committed is lost, and counted
// as dropped. It may be called more than once, and then returns what the first
// call did.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		s.mu.Lock()
		s.closeCalled = true
		s.mu.Unlock()
		close(s.closing)
		s.running.Wait()
		s.save()

		s.writeMu.Lock()
		defer s.writeMu.Unlock()
		s.dbMu.RLock()
		open := s.db != nil
		s.dbMu.RUnlock()
		err := s.closeDB()
		if open {
			s.saveLogSizes()
		}
		if err := errors.Join(err, s.releaseLock()); err != nil {
			s.closeErr = fmt.Errorf("closing the history in %s: %w", s.dir, oneLine(err))
		}
		s.dbMu.Lock()
		s.closed = true
		s.dbMu.Unlock()
		s.dropQueue()
	})
	return s.closeErr
}

// Run opens the store if it is not open, commits what is appended at least every
// 10 seconds, and syncs that to disk at least every 30. It blocks until ctx ends
// or Close is called, commits what is queued by then, and returns nil. Trouble
// with the disk does not end it: Stats reports it, and Run tries again.
func (s *Store) Run(ctx context.Context) error {
	if !s.startRun() {
		return nil
	}
	defer s.running.Done()
	defer s.save()

	ctx, cancel := context.WithCancel(ctx)
	var maintenance sync.WaitGroup
	maintenance.Go(func() { s.runMaintenance(ctx) })
	defer maintenance.Wait()
	defer cancel()

	commit := time.NewTicker(commitEvery)
	defer commit.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.closing:
			return nil
		case <-s.batchReady:
			s.save()
		case <-commit.C:
			s.save()
		}
	}
}

// startRun adds one to running, for which Close waits, and reports false if
// Close was called already. The caller must call running.Done.
func (s *Store) startRun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closeCalled {
		return false
	}
	s.running.Add(1)
	return true
}
