package config

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleFor is how long files must be left alone before they count as changed: an
// editor may empty a file first, or take it away, and write it then.
const settleFor = 500 * time.Millisecond

// Watch calls changed when one of the files was written, replaced, made or taken away,
// until ctx ends, which makes it return nil. It watches the directories, for editors
// put a new file in the place of the old one, and those of links' ends. A directory
// that is not there is not waited for. What was written after since, when the files
// were read, counts as a change.
func Watch(ctx context.Context, paths []string, since time.Time, changed func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer w.Close()
	watchDirs(w, paths)
	seen, differs := stampsOf(paths), false
	for _, info := range seen {
		differs = differs || info != nil && info.ModTime().After(since)
	}
	timer := time.NewTimer(settleFor)
	defer timer.Stop()
	waiting := true
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-w.Events:
			if !ok {
				return nil
			}
			// Whatever it was: what has come of it is seen below. Others may be busy in
			// the directory, so the timer runs on.
			if !waiting {
				timer.Reset(settleFor)
				waiting = true
			}
		case _, ok := <-w.Errors:
			if !ok {
				return nil
			}
			if !waiting { // events may have been lost
				timer.Reset(settleFor)
				waiting = true
			}
		case <-timer.C:
			now := stampsOf(paths)
			waiting = !same(seen, now)
			differs = differs || waiting
			switch {
			case waiting:
				seen = now
				timer.Reset(settleFor)
			case differs:
				differs = false
				watchDirs(w, paths)
				changed()
			}
		}
	}
}

// watchDirs watches where the files are, and where links lead. To watch one twice, or
// one that is gone, does no harm.
func watchDirs(w *fsnotify.Watcher, paths []string) {
	for _, path := range paths {
		_ = w.Add(filepath.Dir(path))
		if end, err := filepath.EvalSymlinks(path); err == nil {
			_ = w.Add(filepath.Dir(end))
		}
	}
}

// stampsOf is what the files look like from outside; nil for one that is not there.
func stampsOf(paths []string) []fs.FileInfo {
	all := make([]fs.FileInfo, len(paths))
	for i, path := range paths {
		all[i], _ = os.Stat(path)
	}
	return all
}

func same(a, b []fs.FileInfo) bool {
	for i := range a {
		switch {
		case (a[i] == nil) != (b[i] == nil):
			return false
		case a[i] == nil:
		case !os.SameFile(a[i], b[i]) || a[i].Size() != b[i].Size() || a[i].Mode() != b[i].Mode() || !a[i].ModTime().Equal(b[i].ModTime()):
			return false
		}
	}
	return true
}
