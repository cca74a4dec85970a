package history

import (
	"time"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/compression"
)

// options are the library's own, except where those were made for a server.
func options(cfg Config) *tsdb.Options {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = cfg.Retention.Milliseconds()
	o.MaxBytes = cfg.MaxBytes
	o.NoLockfile = true // claim holds the lock, and took it earlier

	// What the library would do every minute is done by upkeep.
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

	o.OutOfOrderTimeWindow = outOfOrder.Milliseconds()
	return o
}
