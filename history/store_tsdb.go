package history

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/compression"
)

// tsdbOptions are the library's own, except where those were made for a server.
func tsdbOptions(cfg Config) *tsdb.Options {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = cfg.Retention.Milliseconds()
	o.MaxBytes = cfg.MaxBytes
	o.NoLockfile = true // lockDir holds the lock, and took it earlier

	// What the library would do every minute is done by runMaintenance.
	o.BlockReloadInterval = forever

	// Blocks merge up to this. By default they never do, and a year is 4,380
	// of them. They are deleted as a whole, so that a tenth of the retention
	// has to do.
	o.MinBlockDuration = (2 * time.Hour).Milliseconds()
	o.MaxBlockDuration = min(31*24*time.Hour, max(cfg.Retention/10, 2*time.Hour)).Milliseconds()

	// A compaction allocates a whole segment beforehand, 512 MB by default.
	o.MaxBlockChunkSegmentSize = segmentBytes
	o.WALSegmentSize = 2 << 20
	o.WALCompression = compression.Snappy
	o.StripeSize = 512 // shards for thousands of series, not for millions

	o.OutOfOrderTimeWindow = outOfOrderWindow.Milliseconds()
	return o
}

// forever is longer than any history.
const forever = 200 * 365 * 24 * time.Hour

// openTSDB opens the database as it is.
func (s *Store) openTSDB() (*tsdb.DB, error) {
	o := tsdbOptions(s.cfg)
	if s.hasFutureBlock() {
		// The library counts the age of a block from the newest one: one from
		// the far future would take all others with it.
		o.RetentionDuration = forever.Milliseconds()
	}
	metrics := prometheus.NewRegistry()
	var db *tsdb.DB
	err := catchReadPanic(func() (err error) {
		db, err = tsdb.Open(s.dir, s.libraryLogger(), metrics, o, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	if counterValue(metrics, "prometheus_tsdb_mmap_chunk_corruptions_total") > 0 {
		s.addNote("a file of the newest hours was damaged, and was made again from the log")
	}
	db.DisableCompactions() // runMaintenance does them
	return db, nil
}

func (s *Store) libraryLogger() *slog.Logger { return slog.New(logLevelFilter{s.cfg.Logger.Handler()}) }

// counterValue sums up one of the library's own counters over its labels.
func counterValue(metrics prometheus.Gatherer, name string) float64 {
	families, err := metrics.Gather()
	if err != nil {
		return 0
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue()
		}
	}
	return sum
}

// catchReadPanic calls f, and returns as an error any panic: the library trusts
// the lengths that some damaged files say.
func catchReadPanic(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Join(err, fmt.Errorf("reading: %v", r))
		}
	}()
	return f()
}

// catchWritePanic calls f, and returns as an error the panic of the library over
// a file that cannot be written. Other panics pass.
func catchWritePanic(f func() error) (err error) {
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
