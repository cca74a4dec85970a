// Package history remembers temperatures: a Prometheus TSDB, embedded, in a
// directory of its own.
//
// A [Store] promises four things. Append never waits for the disk: a bounded
// queue stands between, and what does not fit is dropped and counted. What was
// appended is readable at once, committed or not. What was committed survives
// a crash of the program, and of the machine except for the last half minute.
// And no trouble with the disk ends the program: it is shown in [Stats] and
// tried again.
//
// Each sensor is one series, temperature{sensor_name, friendly_name, sensor};
// a sensor that was renamed has several, and is read as one. Times have the
// precision of a millisecond. What the labels do not carry, which Pico a
// sensor belongs to and what that Pico is called, is in the [Roster] beside.
//
// The package knows nothing of packets, of what is known now, or of screens.
package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/fileutil"
	"github.com/prometheus/prometheus/util/compression"
)

// What a Config that does not say gets.
const (
	DefaultRetention = 5 * 365 * 24 * time.Hour
	DefaultMaxBytes  = 1 << 30 // a year of 20 sensors, each 10 s, is 40 MB
)

// chunkSegmentSize is what a compaction allocates at once.
const chunkSegmentSize = 16 << 20

// Config says where to remember, and how much.
type Config struct {
	Dir    string           // made if it is missing; nothing else may live there
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means to say nothing

	Retention time.Duration // older samples are deleted; 0 means DefaultRetention
	MaxBytes  int64         // the oldest are deleted beyond; 0 means DefaultMaxBytes
}

// A Store is an open history. It is safe for concurrent use.
type Store struct {
	dir    string
	now    func() time.Time
	logger *slog.Logger
	lock   fileutil.Releaser

	// full wakes Run when the queue has a batch's worth. It holds one signal,
	// and a second one is dropped: it would say nothing new.
	full    chan struct{}
	closing chan struct{} // closed by Close
	running sync.WaitGroup
	close   sync.Once
	closed  error // what Close found; written once, in close

	// The mutexes are taken in the order in which they stand here.

	// opened guards db. Whoever uses db holds it for reading, for as long as
	// anything read from db is in use: its chunks are mapped memory.
	opened sync.RWMutex
	db     *tsdb.DB // nil once closed

	// moving guards batch and the ref of each series. A commit holds it while
	// it moves batch into db, so that a reader finds each point in one of the
	// two, and only there. To change batch takes mu as well.
	moving sync.RWMutex
	batch  []point // taken from the queue and not yet committed

	mu       sync.Mutex // guards the rest; never held during I/O
	ended    bool       // Close was called
	queue    []point
	sensors  map[string]*series // by sensor
	counts   counts
	unsynced bool      // committed since the last fsync
	synced   time.Time // when that was

	warnings warnings // has its own mutex, taken before all others
	hours    hours    // has its own mutex

	rosterMu sync.Mutex
	roster   []byte // as it is on disk, if known
}

// Open opens the history in a directory, and makes the directory first if need
// be. It reads back what the last run left in the write-ahead log, which takes
// tens of milliseconds.
//
// It returns an [*InUseError] if another process has it open, and a
// [*DirError] if the directory cannot be used.
func Open(cfg Config) (*Store, error) {
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
	lock, err := claim(cfg.Dir)
	if err != nil {
		return nil, err
	}
	db, err := tsdb.Open(cfg.Dir, slog.New(quiet{cfg.Logger.Handler()}), nil, options(cfg), nil)
	if err != nil {
		return nil, &DirError{Dir: cfg.Dir, Err: errors.Join(err, lock.Release())}
	}
	s := &Store{
		dir:     cfg.Dir,
		now:     cfg.Now,
		logger:  cfg.Logger,
		lock:    lock,
		full:    make(chan struct{}, 1),
		closing: make(chan struct{}),
		db:      db,
		sensors: map[string]*series{},
		synced:  cfg.Now(),
	}
	s.survey()
	return s, nil
}

// options are the library's own, except where those were made for a server.
func options(cfg Config) *tsdb.Options {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = cfg.Retention.Milliseconds()
	o.MaxBytes = cfg.MaxBytes
	o.NoLockfile = true // claim holds the lock, and took it earlier

	// Blocks merge up to this. By default they never do, and a year is 4,380
	// of them.
	o.MinBlockDuration = (2 * time.Hour).Milliseconds()
	o.MaxBlockDuration = (31 * 24 * time.Hour).Milliseconds()

	// A compaction allocates a whole segment beforehand, 512 MB by default.
	o.MaxBlockChunkSegmentSize = chunkSegmentSize
	o.WALSegmentSize = 2 << 20
	o.WALCompression = compression.Snappy
	o.StripeSize = 512 // shards for thousands of series, not for millions

	// A clock that steps back is forgiven this much. A longer window makes
	// compaction slow: a year took 81 s.
	o.OutOfOrderTimeWindow = (2 * time.Hour).Milliseconds()
	return o
}

// Close ends Run, waits for it and for every read, commits what is queued and
// closes the files. It may be called more than once, and then returns what the
// first call did.
func (s *Store) Close() error {
	s.close.Do(func() {
		s.mu.Lock()
		s.ended = true
		s.mu.Unlock()
		close(s.closing)
		s.running.Wait()
		s.save()

		s.opened.Lock()
		defer s.opened.Unlock()
		err := errors.Join(s.db.Close(), s.lock.Release())
		s.db = nil
		if err != nil {
			s.closed = fmt.Errorf("closing the history in %s: %w", s.dir, oneLine(err))
		}
	})
	return s.closed
}

// Run commits what is appended, at least every 10 seconds, and makes it last
// at least every 30. It blocks until ctx ends or Close is called, commits what
// is queued by then, and returns nil. Trouble with the disk does not end it:
// it is in Stats, and tried again.
func (s *Store) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	defer s.save()

	commit := time.NewTicker(commitEvery)
	defer commit.Stop()
	survey := time.NewTicker(surveyEvery)
	defer survey.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.closing:
			return nil
		case <-s.full:
			s.save()
		case <-commit.C:
			s.save()
		case <-survey.C:
			s.survey()
		}
	}
}
