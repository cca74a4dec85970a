package history

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

var errClosed = errors.New("the history is closed")

// ErrForeign is why a directory that another program keeps its time series in is
// refused.
var ErrForeign = errors.New("it holds the time series of another program")

// A NewerError is why a directory that a later version of picotop wrote is
// refused. Nothing in it is touched.
type NewerError struct {
	File           string // that says so
	Version, Known int    // of what is in the directory, and the latest that this program knows
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("it is of version \"%d\", and this picotop knows version %d", e.Version, e.Known)
}

// CanWait reports whether a program can well run without its history after Open
// or Run met an error: what is wrong is the disk, or the rights, or the version,
// and may be mended meanwhile. It reports false for nil, and where the directory
// itself is the wrong one: another picotop has it open, another program keeps its
// data there, or it is a file.
func CanWait(err error) bool {
	_, inUse := errors.AsType[*InUseError](err)
	return err != nil && !inUse && !errors.Is(err, ErrForeign) && !errors.Is(err, syscall.ENOTDIR)
}

// An InUseError says that another process has the history open.
type InUseError struct {
	Dir  string
	Lock string // the file that it holds
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("the history in %s is in use by another program", e.Dir)
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
