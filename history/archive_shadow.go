package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/fileutil"
	"github.com/prometheus/prometheus/tsdb/wlog"

	"picotop/internal/host"
)

// errNoScratch is why a history cannot be read although it is sound.
var errNoScratch = errors.New("no place for temporary files")

// scratchDirs are where temporary files can be, best first. On a machine whose
// only disk is read-only the first is often on it, and the others in memory.
func scratchDirs() []string { return []string{os.TempDir(), "/dev/shm", "/run"} }

// A shadowQuerier reads a history through a directory elsewhere that stands for
// it. The library needs one that it can write to: it puts the newest hours there,
// as read from the log. Links lead from there to all that is only read.
//
// If the program is killed a few small files are left among the temporary files of
// the system, and nothing in the history.
type shadowQuerier struct {
	*spellingChunkQuerier
	db  *tsdb.DBReadOnly
	dir string
}

// openShadow opens a history for reading. An error that is errNoScratch is for
// want of room; another may be because a writer was in the middle of something.
func openShadow(ctx context.Context, of string, from, to int64) (q *shadowQuerier, err error) {
	q = &shadowQuerier{}
	defer func() {
		if err != nil {
			err = errors.Join(err, q.Close())
			q = nil
		}
	}()
	if q.dir, err = makeShadow(of); err != nil {
		return q, err
	}
	if q.db, err = tsdb.OpenDBReadOnly(q.dir, q.dir, nil); err != nil {
		return q, err
	}
	db, err := q.db.ChunkQuerier(from, to)
	if err != nil {
		return q, err
	}
	q.spellingChunkQuerier = &spellingChunkQuerier{db, spellingLabels{stored: db}}
	q.oldSpellings, err = hasOldSpellings(ctx, db)
	return q, err
}

// Close ends the reading, and removes the directory.
func (q *shadowQuerier) Close() error {
	var errs []error
	if q.spellingChunkQuerier != nil {
		errs = append(errs, q.spellingChunkQuerier.Close())
	}
	if q.db != nil {
		errs = append(errs, q.db.Close())
	}
	if q.dir != "" {
		errs = append(errs, os.RemoveAll(q.dir))
	}
	return errors.Join(errs...)
}

// makeShadow makes the directory. The chunks of the newest hours are not in it:
// the log has all of them, and a writer changes them at any time.
func makeShadow(of string) (string, error) {
	of, err := filepath.Abs(of)
	if err != nil {
		return "", err
	}
	dir, err := makeScratchDir(logSize(of))
	if err != nil {
		return "", err
	}
	names, err := blockNames(of)
	if err != nil {
		return dir, err
	}
	for _, name := range names {
		if err := linkBlock(filepath.Join(of, name), filepath.Join(dir, name)); err != nil {
			return dir, err
		}
	}
	for _, name := range []string{walName, wlog.WblDirName} {
		if !exists(filepath.Join(of, name)) {
			err = os.Mkdir(filepath.Join(dir, name), 0o700)
		} else {
			err = os.Symlink(filepath.Join(of, name), filepath.Join(dir, name))
		}
		if err != nil {
			return dir, err
		}
	}
	return dir, nil
}

// linkBlock makes a block of links: the library passes over a link to a block.
func linkBlock(of, to string) error {
	files, err := os.ReadDir(of)
	if errors.Is(err, fs.ErrNotExist) { // a writer merged it
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Symlink(filepath.Join(of, f.Name()), filepath.Join(to, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// logSize is how large the logs of a history are, in bytes. What is in them takes
// no more room as chunks.
func logSize(dir string) uint64 {
	var size int64
	for _, name := range []string{walName, wlog.WblDirName} {
		if n, err := fileutil.DirSize(filepath.Join(dir, name)); err == nil {
			size += n
		}
	}
	return uint64(size)
}

// makeScratchDir makes a directory for temporary files where there is room for so
// many bytes, and some more: the library panics when that runs out.
func makeScratchDir(size uint64) (string, error) {
	const more = 1 << 20 // what the library allocates beforehand
	var errs []error
	for _, root := range scratchDirs() {
		space, err := host.DiskSpace(root)
		if err == nil && space.Free < size+more {
			errs = append(errs, fmt.Errorf("%s has too little room", root))
			continue
		}
		dir, err := os.MkdirTemp(root, "picotop-view-")
		if err == nil {
			return dir, nil
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("%w: %w", errNoScratch, oneLine(errors.Join(errs...)))
}
