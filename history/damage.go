package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/fileutil"
	"github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

const (
	quarantineName = "quarantine"
	walName        = "wal"
	headChunksName = "chunks_head"

	// tornBytes is how much of a log may be unreadable at its end without a
	// word: half a record is what a power cut leaves.
	tornBytes = 4 << 10
)

// blockNames lists the blocks of a database.
func blockNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, err := ulid.ParseStrict(e.Name()); err == nil && e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// readMeta reads what a block says of itself. The library, if it cannot, passes
// over the block without a word to anyone, and merges none any more.
func readMeta(block string) (tsdb.BlockMeta, error) {
	var m tsdb.BlockMeta
	text, err := os.ReadFile(filepath.Join(block, "meta.json"))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("its meta.json: %w", err)
	}
	if m.Version != 1 || m.ULID.String() != filepath.Base(block) || m.MinTime > m.MaxTime {
		return m, errors.New("its meta.json is that of another")
	}
	return m, nil
}

// checkBlock finds what is wrong with a block: a missing or damaged file, and
// if asked to read deeply any damaged chunk. Without that it reads the index
// only, which takes some milliseconds for a month.
func checkBlock(block string, deeply bool) (err error) {
	meta, err := readMeta(block)
	if err != nil {
		return err
	}
	b, err := tsdb.OpenBlock(nil, block, nil, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	ir, err := b.Index()
	if err != nil {
		return err
	}
	defer ir.Close()
	if err := checkPostings(ir); err != nil {
		return err
	}
	cr, err := b.Chunks()
	if err != nil {
		return err
	}
	defer cr.Close()
	name, value := index.AllPostingsKey()
	all, err := ir.Postings(context.Background(), name, value)
	if err != nil {
		return err
	}
	var (
		builder labels.ScratchBuilder
		metas   []chunks.Meta
		n       uint64
	)
	for all.Next() {
		if err := ir.Series(all.At(), &builder, &metas); err != nil {
			return err
		}
		n += uint64(len(metas))
		for i, m := range metas {
			if !deeply && i < len(metas)-1 {
				continue // the last one shows whether the file is all there
			}
			if _, _, err := cr.ChunkOrIterable(m); err != nil {
				return err
			}
		}
	}
	if all.Err() == nil && n != meta.Stats.NumChunks {
		return fmt.Errorf("it has %d of %d chunks", n, meta.Stats.NumChunks)
	}
	return all.Err()
}

// checkPostings reads the part of an index that says which series have a
// label.
func checkPostings(ir tsdb.IndexReader) error {
	ctx := context.Background()
	names, err := ir.LabelNames(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		values, err := ir.LabelValues(ctx, name, nil)
		if err != nil {
			return err
		}
		for _, value := range values {
			if _, err := ir.Postings(ctx, name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// mendBlocks moves damaged blocks aside, and makes new ones of what can be
// read of them.
func (s *Store) mendBlocks(deeply bool) error {
	names, err := blockNames(s.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		block := filepath.Join(s.dir, name)
		err := checkBlock(block, deeply)
		if err == nil {
			if err := allowMerging(block); err != nil {
				return err
			}
			continue
		}
		if isSurroundings(err) {
			return err
		}
		saved, lost := s.salvage(block, math.MaxInt64)
		to, moveErr := s.setAside(name)
		if moveErr != nil {
			return moveErr
		}
		s.remember(fmt.Sprintf("a damaged part of the history was moved to %s (%v); %s", to, oneLine(err), savings(saved, lost)))
	}
	return nil
}

// allowMerging takes away the mark by which the library never again merges the
// blocks of a compaction that failed, be it that the disk was full or that one
// of them was damaged.
func allowMerging(block string) error {
	m, err := readMeta(block)
	if err != nil || !m.Compaction.Failed {
		return err
	}
	m.Compaction.Failed = false
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	path := filepath.Join(block, "meta.json")
	if err := writeSynced(path+".tmp", text); err != nil {
		return err
	}
	return fileutil.Rename(path+".tmp", path)
}

func savings(saved uint64, lost bool) string {
	switch {
	case saved == 0:
		return "nothing in it can be read"
	case lost:
		return fmt.Sprintf("%d readings in it could be read, and are kept", saved)
	default:
		return fmt.Sprintf("all %d readings in it are kept", saved)
	}
}

// salvage makes new blocks of what can be read of an old one. If it fails
// nothing is made.
func (s *Store) salvage(block string, until int64) (saved uint64, lost bool) {
	saved, lost, err := s.copyOut(rawBlock(block), until)
	if err != nil {
		s.logger.Debug("reading a damaged block", "block", block, "err", err)
		return 0, true
	}
	return saved, lost
}

// rawBlock is the directory of a block, read without its meta.json.
type rawBlock string

func (b rawBlock) Index() (tsdb.IndexReader, error) {
	return index.NewFileReader(filepath.Join(string(b), "index"), index.DecodePostingsRaw)
}

func (b rawBlock) Chunks() (tsdb.ChunkReader, error) {
	return chunks.NewDirReader(filepath.Join(string(b), "chunks"), nil)
}

// copyOut makes new blocks of a block or head, up to a time.
func (s *Store) copyOut(r chunkSource, until int64) (copied uint64, lost bool, err error) {
	w, err := newBlockWriter(s.dir, s.libraryLogger())
	if err != nil {
		return 0, true, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	damaged, err := w.copyFrom(context.Background(), r, until)
	if err != nil {
		return 0, true, err
	}
	if err := w.publish(context.Background()); err != nil {
		return 0, true, err
	}
	return w.samples, damaged > 0, nil
}

// checkLog finds what is damaged in a write-ahead log, apart from half a
// record at its end.
func checkLog(dir string) error {
	var ranges []wlog.SegmentRange
	first := -1
	checkpoint, n, err := wlog.LastCheckpoint(dir)
	switch {
	case err == nil:
		ranges = append(ranges, wlog.SegmentRange{Dir: checkpoint, First: -1, Last: -1})
		first = n + 1
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case !errors.Is(err, record.ErrNotFound):
		return err
	}
	_, last, err := wlog.Segments(dir)
	if err != nil {
		return err
	}
	if last >= first {
		ranges = append(ranges, wlog.SegmentRange{Dir: dir, First: first, Last: -1})
	}
	segments, err := wlog.NewSegmentsRangeReader(ranges...)
	if err != nil {
		return err
	}
	defer segments.Close()
	r := wlog.NewReader(segments)
	for r.Next() {
		continue
	}
	c, ok := errors.AsType[*wlog.CorruptionErr](r.Err())
	if !ok || c.Dir != dir || c.Segment != lastWritten(dir) {
		return r.Err()
	}
	info, err := os.Stat(wlog.SegmentName(dir, c.Segment))
	if err == nil && info.Size()-c.Offset < tornBytes {
		return nil
	}
	return r.Err()
}

// lastWritten is the newest segment of a log that is not empty.
func lastWritten(dir string) int {
	first, last, err := wlog.Segments(dir)
	if err != nil {
		return -1
	}
	for ; last > first; last-- {
		if info, err := os.Stat(wlog.SegmentName(dir, last)); err == nil && info.Size() > 0 {
			break
		}
	}
	return last
}

// keepDamagedLogs makes a second name for each file of a damaged log, since
// the library mends it by deleting what comes after the damage.
func (s *Store) keepDamagedLogs() {
	for _, name := range []string{walName, wlog.WblDirName} {
		dir := filepath.Join(s.dir, name)
		damage := checkLog(dir)
		if damage == nil || isSurroundings(damage) {
			continue
		}
		to := s.asideName(name)
		if err := linkTree(dir, to); err != nil {
			s.logger.Warn("keeping a copy of the damaged log", "err", err)
		}
		if checkpoint, _, err := wlog.LastCheckpoint(dir); err == nil && isOf(damage, checkpoint) {
			// For damage there the library would delete the rest of the log.
			if _, err := s.setAside(filepath.Join(name, filepath.Base(checkpoint))); err != nil {
				s.logger.Warn("moving the damaged start of the log", "err", err)
			}
		}
		s.remember(fmt.Sprintf("the log of the last hours was damaged (%v); all of it is kept in %s", oneLine(damage), to))
	}
}

// isOf reports whether damage is in a directory.
func isOf(damage error, dir string) bool {
	c, ok := errors.AsType[*wlog.CorruptionErr](damage)
	return ok && c.Dir == dir
}

// linkTree gives a directory's files a second name each.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o750)
		}
		return os.Link(path, filepath.Join(to, rel))
	})
}

// asideName is where something in the directory goes when it is set aside.
func (s *Store) asideName(name string) string {
	at := s.now().UTC().Format("20060102T150405Z")
	base := filepath.Join(s.dir, quarantineName, at+"-"+filepath.Base(name))
	to := base
	for i := 2; ; i++ {
		if _, err := os.Lstat(to); err != nil {
			return to
		}
		to = fmt.Sprintf("%s-%d", base, i)
	}
}

// setAside moves something out of the database. Nothing is deleted.
func (s *Store) setAside(name string) (to string, err error) {
	to = s.asideName(name)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return "", err
	}
	return to, fileutil.Rename(filepath.Join(s.dir, name), to)
}

// setAllAside moves what there is of some things out of the database.
func (s *Store) setAllAside(names ...string) (to []string, err error) {
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(s.dir, name)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		moved, err := s.setAside(name)
		if err != nil {
			return to, err
		}
		to = append(to, moved)
	}
	return to, nil
}

// isSurroundings reports whether an error comes from the machine's state
// rather than from what is in a file.
func isSurroundings(err error) bool {
	return slices.ContainsFunc([]error{
		syscall.ENOSPC, syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.EDQUOT, syscall.EFBIG,
		syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE,
	}, func(e error) bool { return errors.Is(err, e) })
}

// places joins names for a line of text.
func places(list []string) string { return strings.Join(list, ", ") }
