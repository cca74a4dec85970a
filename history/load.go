package history

import (
	"log/slog"

	"github.com/prometheus/prometheus/tsdb"
)

// load opens the database whatever state it is in.
func (s *Store) load() (*tsdb.DB, error) {
	return tsdb.Open(s.dir, slog.New(quiet{s.cfg.Logger.Handler()}), nil, options(s.cfg), nil)
}
