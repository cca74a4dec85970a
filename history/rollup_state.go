package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

const rollupStateName = "hours.json"

// rollupState knows which hours are rolled up. The zero value knows of none.
type rollupState struct {
	mu   sync.Mutex // guards done
	done timeRanges

	// Only RunRollups uses what follows.
	onDisk         timeRanges               // done, as hours.json has it
	queued         timeRanges               // queued, and not yet seen in the database
	writtenBlocks  map[ulid.ULID]timeRanges // in blocks that the database has not found yet
	lastCorrection time.Time
}

// recorded returns the hours whose rollups are in the database.
func (h *rollupState) recorded() timeRanges {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.done
}

func (h *rollupState) add(ranges ...timeRange) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range ranges {
		h.done = h.done.union(r)
	}
}

// pendingRanges returns the hours that are queued or in new blocks, and not yet
// confirmed.
func (h *rollupState) pendingRanges() []timeRanges {
	lists := []timeRanges{h.queued}
	for _, list := range h.writtenBlocks {
		lists = append(lists, list)
	}
	return lists
}

// loadRollupState reads which hours are rolled up. If that is lost they are
// rolled up again, which changes nothing.
func (s *Store) loadRollupState() {
	var done timeRanges
	text, err := readSmallFile(s.rollupStatePath())
	if err == nil {
		done, err = decodeRollupState(text)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.logger.Warn("which hours are recorded is not known: they are recorded again", "file", s.rollupStatePath(), "err", err)
		return
	}
	s.rollups.onDisk = done
	s.rollups.add(done...)
}

// recordedRange is a range as it is written down. After the last one comes an
// empty one with a checksum: earlier versions pass over it. A damaged digit would
// else leave out hours for good.
type recordedRange struct {
	timeRange
	CRC32 string `json:",omitempty"` // of what the ranges are, IEEE, in hexadecimal
}

func checksum(ranges timeRanges) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE(fmt.Append(nil, ranges)))
}

func encodeRollupState(ranges timeRanges) ([]byte, error) {
	var list []recordedRange
	for _, r := range ranges {
		list = append(list, recordedRange{timeRange: r})
	}
	text, err := json.Marshal(append(list, recordedRange{CRC32: checksum(ranges)}))
	return append(text, '\n'), err
}

// decodeRollupState reads what this version or an earlier one wrote. That of an
// earlier one has no checksum.
func decodeRollupState(text []byte) (timeRanges, error) {
	var list []recordedRange
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	var ranges timeRanges
	sum := ""
	for _, r := range list {
		if r.CRC32 != "" {
			sum = r.CRC32
			continue
		}
		if r.From >= r.To || r.From%hour != 0 || r.To%hour != 0 {
			return nil, fmt.Errorf("from %d to %d is no range of hours", r.From, r.To)
		}
		ranges = ranges.union(r.timeRange)
	}
	if sum != "" && sum != checksum(ranges) {
		return nil, errors.New("its checksum is wrong")
	}
	return ranges, nil
}

func (s *Store) saveRollupState() error {
	done := s.rollups.recorded()
	if fmt.Sprint(done) == fmt.Sprint(s.rollups.onDisk) {
		return nil
	}
	text, err := encodeRollupState(done)
	if err == nil {
		err = s.replaceFile(rollupStateName, text)
	}
	if err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", err)
	}
	s.rollups.onDisk = done
	return nil
}

func (s *Store) rollupStatePath() string { return filepath.Join(s.dir, rollupStateName) }
