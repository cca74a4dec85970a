package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

var (
	errClosed  = errors.New("the history is closed")
	errForeign = errors.New("it holds the time series of another program")
)

// An InUseError says that another process has the history open.
type InUseError struct {
	Dir string
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("the history in %s is in use by another program", e.Dir)
}

// Hint says what to try next.
func (e *InUseError) Hint() string {
	return "see which one with: fuser -v " + shellQuote(filepath.Join(e.Dir, lockName))
}

// A DirError says that no history can be kept in a directory.
type DirError struct {
	Dir string
	Err error
}

func (e *DirError) Error() string {
	return fmt.Sprintf("cannot keep history in %s: %v", e.Dir, oneLine(e.Err))
}

func (e *DirError) Unwrap() error { return e.Err }

// Hint says what to try next.
func (e *DirError) Hint() string {
	at := e.Dir
	if p, ok := errors.AsType[*fs.PathError](e.Err); ok {
		at = p.Path // that which stands in the way
	}
	switch {
	case errors.Is(e.Err, syscall.ENOTDIR):
		return fmt.Sprintf("move the file out of the way with: mv %s %s", shellQuote(at), shellQuote(at+".old"))
	case errors.Is(e.Err, fs.ErrPermission):
		if _, err := os.Stat(e.Dir); err != nil {
			return `make it yours with: sudo install -d -o "$USER" ` + shellQuote(e.Dir)
		}
		return `make it yours with: sudo chown -R "$USER" ` + shellQuote(e.Dir)
	case errors.Is(e.Err, syscall.EROFS):
		return "see what is mounted there with: findmnt -T " + shellQuote(e.Dir)
	case errors.Is(e.Err, syscall.ENOSPC):
		return "see how full the disk is with: df -h " + shellQuote(filepath.Dir(e.Dir))
	case errors.Is(e.Err, errForeign):
		return "choose another directory; what is in this one shows: ls -l " + shellQuote(e.Dir)
	default:
		return fmt.Sprintf("set it aside and begin a new one with: mv %s %s", shellQuote(e.Dir), shellQuote(e.Dir+".old"))
	}
}

// oneLineOrNil is oneLine for what may be nil.
func oneLineOrNil(err error) error {
	if err == nil {
		return nil
	}
	return oneLine(err)
}

// oneLine keeps an error that was joined from several on one line.
func oneLine(err error) error {
	if !strings.Contains(err.Error(), "\n") {
		return err
	}
	return &oneLineError{err}
}

type oneLineError struct{ error }

func (j *oneLineError) Error() string { return strings.ReplaceAll(j.error.Error(), "\n", "; ") }
func (j *oneLineError) Unwrap() error { return j.error }

// shellQuote makes a path safe to type into a shell.
func shellQuote(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%", r)
	}
	if path != "" && strings.TrimFunc(path, plain) == "" && !strings.HasPrefix(path, "-") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
