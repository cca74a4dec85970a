package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/fileutil"
	"github.com/prometheus/prometheus/tsdb/index"
	"golang.org/x/sync/errgroup"
)

const (
	walName        = "wal"
	headChunksName = "chunks_head"
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

// readMeta reads and checks the meta.json of a block. The library, if it cannot
// read it, silently passes over the block, and merges none any more.
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

// checkBlock finds what is wrong with a block: a missing or damaged file and, if
// everyChunk is set, any damaged chunk. Otherwise it reads the index, and the
// last chunk of each series, which takes some milliseconds for a month.
func checkBlock(block string, everyChunk bool) error {
	return catchReadPanic(func() error { return readThrough(block, everyChunk) })
}

func readThrough(block string, everyChunk bool) (err error) {
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
			if !everyChunk && i < len(metas)-1 {
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

// checkBlocks checks blocks side by side, and returns for each what is wrong with it.
func checkBlocks(dir string, names []string, everyChunk bool) []error {
	damage := make([]error, len(names))
	sideBySide(len(names), func(i int) { damage[i] = checkBlock(filepath.Join(dir, names[i]), everyChunk) })
	return damage
}

// sideBySide calls f for 0 to n-1, as many at a time as there are processors, and
// waits for them.
func sideBySide(n int, f func(int)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait() // f has no errors
}

// checkPostings reads the postings of an index: which series have a label.
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

// repairBlocks moves damaged blocks to quarantine, and makes new ones of what
// can be read of them.
func (s *Store) repairBlocks(everyChunk bool) error {
	names, err := blockNames(s.dir)
	if err != nil {
		return err
	}
	damage := checkBlocks(s.dir, names, everyChunk)
	for i, name := range names {
		block, err := filepath.Join(s.dir, name), damage[i]
		if err == nil {
			if err := clearCompactionFailed(block); err != nil {
				return err
			}
			continue
		}
		if isEnvironmentError(err) {
			return err
		}
		saved, lost := s.salvage(block, math.MaxInt64)
		to, moveErr := s.quarantine(name)
		if moveErr != nil {
			return moveErr
		}
		s.addNote(fmt.Sprintf("a damaged part of the history was moved to %s (%v); %s", to, oneLine(err), describeSalvage(saved, lost)))
	}
	return nil
}

// clearCompactionFailed removes the mark by which the library never again merges
// the blocks of a compaction that failed, be it that the disk was full or that
// one of them was damaged.
func clearCompactionFailed(block string) error {
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

// isEnvironmentError reports whether an error comes from the machine's state
// rather than from what is in a file.
func isEnvironmentError(err error) bool {
	return slices.ContainsFunc([]error{
		syscall.ENOSPC, syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.EDQUOT, syscall.EFBIG,
		syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE,
	}, func(e error) bool { return errors.Is(err, e) })
}
