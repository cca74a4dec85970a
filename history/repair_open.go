package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

// load opens the database whatever state it is in: what is damaged, or later
// than a clock that is known to be right, is set aside first. It fails only if
// the surroundings do not allow it.
func (s *Store) load() (*tsdb.DB, error) {
	if err := os.RemoveAll(filepath.Join(s.dir, blocksTmpName)); err != nil {
		return nil, err
	}
	if err := s.mendBlocks(s.dbState.checkAllChunks); err != nil {
		return nil, err
	}
	s.dbState.checkAllChunks = false
	now := s.now()
	right := !now.Before(s.cfg.Built) && (s.dbState.trustClock || s.cfg.Synced())
	limit := now.Add(futureTolerance).UnixMilli()
	if right {
		if err := s.setFutureBlocksAside(limit); err != nil {
			return nil, err
		}
	}
	s.keepDamagedLogs()
	db, err := s.openMending()
	if err != nil || !right || db.Head().NumSeries() == 0 || db.Head().MaxTime() <= limit {
		return db, err
	}
	if err := s.setFutureHeadAside(db, limit); err != nil {
		return nil, err
	}
	return s.openTSDB()
}

// openMending opens the database, at the second attempt as the first one left
// it, and then without more and more of the newest hours.
func (s *Store) openMending() (*tsdb.DB, error) {
	db, err := s.openTSDB()
	first := err
	for _, without := range [][]string{nil, {headChunksName}, {walName, wlog.WblDirName}} {
		if err == nil || isSurroundings(err) {
			return db, err
		}
		s.logger.Debug("opening the database", "err", err)
		to, moveErr := s.setAllAside(without...)
		if moveErr != nil {
			return nil, errors.Join(first, moveErr)
		}
		if len(to) > 0 {
			s.addNote(fmt.Sprintf("files of the newest hours were damaged (%v) and moved to %s", oneLine(first), places(to)))
		}
		db, err = s.openTSDB()
	}
	return db, err
}
