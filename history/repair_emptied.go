package history

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb/wlog"

	"picotop/internal/format"
)

// logSizesName says how long the files of the write-ahead log were when the database was
// closed last. It takes an empty one for one in which nothing was written, as a start of
// a few seconds leaves it, and says nothing.
const logSizesName = "wal-sizes.json"

// tellEmptied tells of files of the log that were not empty when they were last seen.
func (s *Store) tellEmptied() {
	text, err := readSmallFile(filepath.Join(s.dir, logSizesName))
	if err != nil {
		return // then nobody knows
	}
	was := map[string]int64{}
	if json.Unmarshal(text, &was) != nil {
		return
	}
	files, bytes := 0, int64(0)
	for name, size := range s.logSizes() {
		if size == 0 && was[name] > 0 {
			files++
			bytes += was[name]
		}
	}
	if files > 0 {
		s.addNote(fmt.Sprintf("%s of the log of the last hours, %s, is empty; readings in it that no block has are lost",
			format.Count(files, "file"), format.Bytes(bytes)))
	}
}

// saveLogSizes writes down how long the files of the log are, if that has changed.
func (s *Store) saveLogSizes() {
	sizes := s.logSizes()
	if text, err := readSmallFile(filepath.Join(s.dir, logSizesName)); err == nil {
		was := map[string]int64{}
		if json.Unmarshal(text, &was) == nil && maps.Equal(was, sizes) {
			return
		}
	}
	text, err := json.Marshal(sizes)
	if err == nil {
		err = s.replaceFile(logSizesName, text)
	}
	if err != nil {
		s.logger.Debug("writing how long the files of the log are", "err", err)
	}
}

// logSizes are the sizes of the files of the log, by name.
func (s *Store) logSizes() map[string]int64 {
	sizes := map[string]int64{}
	dir := filepath.Join(s.dir, walName)
	first, last, err := wlog.Segments(dir)
	if err != nil {
		return sizes
	}
	for i := max(first, 0); i <= last; i++ {
		path := wlog.SegmentName(dir, i)
		if info, err := os.Stat(path); err == nil {
			sizes[filepath.Base(path)] = info.Size()
		}
	}
	return sizes
}
