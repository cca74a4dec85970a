package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A fileError says that a file named on the command line cannot be used.
type fileError struct {
	name string
	err  error
}

func (e *fileError) Error() string {
	// The name is told once.
	if p, ok := errors.AsType[*fs.PathError](e.err); ok && p.Path == e.name {
		if errors.Is(e.err, fs.ErrExist) {
			return e.name + " exists already"
		}
		return fmt.Sprintf("%s: %v", e.name, p.Err)
	}
	return fmt.Sprintf("%s: %v", e.name, e.err)
}

func (e *fileError) Unwrap() error { return e.err }

func (e *fileError) hint() string {
	switch {
	case errors.Is(e.err, fs.ErrExist):
		return "name another file, or overwrite it with --force"
	case errors.Is(e.err, syscall.ENOSPC), errors.Is(e.err, syscall.EDQUOT), errors.Is(e.err, syscall.EFBIG):
		return "make room, or name a file on another disk; what was written before is kept, and can be replayed"
	}
	if text := hint(e.err); text != "" {
		return text
	}
	dir := filepath.Dir(e.name)
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return "see what is there: ls -l " + dir
}
