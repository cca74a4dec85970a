package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"
)

const rollupStateName = "hours.json"

// rollupState knows which hours are rolled up. The zero value knows of none.
type rollupState struct {
	mu   sync.Mutex // guards done
	done timeRanges

	caughtUp atomic.Bool // this run found no hour that is yet to be stored

	// Only RunRollups uses what follows.
	onDisk         string                   // what hours.json holds
	queued         timeRanges               // queued, and not yet seen in the database
	writtenBlocks  map[ulid.ULID]timeRanges // in blocks that the database has not found yet
	ofEarlierRun   bool                     // writtenBlocks are: those that are not found now are lost
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
	var list recordedHours
	text, err := readSmallFile(s.rollupStatePath())
	if err == nil {
		list, err = decodeRollupState(text)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.logger.Warn("which hours are recorded is not known: they are recorded again", "file", s.rollupStatePath(), "err", err)
		return
	}
	s.rollups.onDisk = string(text)
	s.rollups.add(list.done...)
	s.rollups.writtenBlocks, s.rollups.ofEarlierRun = list.blocks, true
}

// recordedHours is what hours.json says: which hours are in the database, and which
// in blocks that it had not found when that was written.
type recordedHours struct {
	done   timeRanges
	blocks map[ulid.ULID]timeRanges
}

// recordedRange is a range as it is written down. After the last one comes an
// empty one with a checksum: earlier versions pass over it. A damaged digit would
// else leave out hours for good.
type recordedRange struct {
	timeRange
	Block string `json:",omitempty"` // that holds them; empty for what is in the database
	CRC32 string `json:",omitempty"` // of what the ranges are, IEEE, in hexadecimal
}

func (h recordedHours) checksum() string {
	text := fmt.Append(nil, h.done)
	for _, id := range h.blockIDs() {
		text = fmt.Append(text, id, h.blocks[id])
	}
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE(text))
}

func (h recordedHours) blockIDs() []ulid.ULID {
	return slices.SortedFunc(maps.Keys(h.blocks), ulid.ULID.Compare)
}

func encodeRollupState(h recordedHours) ([]byte, error) {
	var list []recordedRange
	for _, r := range h.done {
		list = append(list, recordedRange{timeRange: r})
	}
	for _, id := range h.blockIDs() {
		for _, r := range h.blocks[id] {
			list = append(list, recordedRange{timeRange: r, Block: id.String()})
		}
	}
	text, err := json.Marshal(append(list, recordedRange{CRC32: h.checksum()}))
	return append(text, '\n'), err
}

// decodeRollupState reads what this version or an earlier one wrote. That of an
// earlier one has no checksum.
func decodeRollupState(text []byte) (h recordedHours, err error) {
	var list []recordedRange
	if err := json.Unmarshal(text, &list); err != nil {
		return recordedHours{}, err
	}
	h.blocks = map[ulid.ULID]timeRanges{}
	sum := ""
	for _, r := range list {
		if r.CRC32 != "" {
			sum = r.CRC32
			continue
		}
		if r.From >= r.To || r.From%hour != 0 || r.To%hour != 0 {
			return recordedHours{}, fmt.Errorf("from %d to %d is no range of hours", r.From, r.To)
		}
		if r.Block == "" {
			h.done = h.done.union(r.timeRange)
			continue
		}
		id, err := ulid.ParseStrict(r.Block)
		if err != nil {
			return recordedHours{}, fmt.Errorf("%q is no block", r.Block)
		}
		h.blocks[id] = h.blocks[id].union(r.timeRange)
	}
	if sum != "" && sum != h.checksum() {
		return recordedHours{}, errors.New("its checksum is wrong")
	}
	return h, nil
}

func (s *Store) saveRollupState() error {
	text, err := encodeRollupState(recordedHours{s.rollups.recorded(), s.rollups.writtenBlocks})
	if err == nil && string(text) == s.rollups.onDisk {
		return nil
	}
	if err == nil {
		err = s.replaceFile(rollupStateName, text)
	}
	if err != nil {
		return fmt.Errorf("noting which hours are recorded: %w", err)
	}
	s.rollups.onDisk = string(text)
	return nil
}

func (s *Store) rollupStatePath() string { return filepath.Join(s.dir, rollupStateName) }
