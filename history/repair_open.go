package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

// openRepaired opens the database whatever state it is in: what is damaged, or
// later than a clock that is known to be right, is moved to quarantine first. It
// fails only if the environment does not allow it. writeMu is held.
func (s *Store) openRepaired() (*tsdb.DB, error) {
	if err := os.RemoveAll(filepath.Join(s.dir, blocksTmpName)); err != nil {
		return nil, err
	}
	if err := s.repairBlocks(s.dbState.checkAllChunks); err != nil {
		return nil, err
	}
	s.dbState.checkAllChunks = false
	now := s.now()
	trustClock := !now.Before(s.cfg.Built) && (s.dbState.trustClock || s.cfg.Synced())
	limit := now.Add(futureTolerance).UnixMilli()
	if trustClock {
		if err := s.quarantineFutureBlocks(limit); err != nil {
			return nil, err
		}
	}
	if err := s.clearWayForDir(headChunksName); err != nil {
		return nil, err
	}
	s.tellEmptied()
	if err := s.repairLogs(); err != nil {
		return nil, err
	}
	db, err := s.openRetrying()
	if err != nil || !trustClock || db.Head().NumSeries() == 0 || db.Head().MaxTime() <= limit {
		return db, err
	}
	if err := s.quarantineFutureHead(db, limit); err != nil {
		return nil, err
	}
	return s.openTSDB()
}

// openRetrying opens the database: at the second attempt as the first one left
// it, and then with more and more files of the newest hours in quarantine.
func (s *Store) openRetrying() (*tsdb.DB, error) {
	db, err := s.openTSDB()
	first := err
	for _, without := range [][]string{nil, {headChunksName}, {wlog.WblDirName}, {walName}} {
		if err == nil || isEnvironmentError(err) {
			return db, err
		}
		s.logger.Debug("opening the database", "err", err)
		to, moveErr := s.quarantineAll(without...)
		if moveErr != nil {
			return nil, errors.Join(first, moveErr)
		}
		if len(to) > 0 {
			s.addNote(fmt.Sprintf("files of the newest hours were damaged (%v) and moved to %s", oneLine(first), joinPaths(to)))
		}
		db, err = s.openTSDB()
	}
	return db, err
}
