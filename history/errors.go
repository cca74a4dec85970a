package history

import (
	"errors"
	"fmt"
	"strings"
)

var errClosed = errors.New("the history is closed")

// ErrForeign is why a directory that another program keeps its time series in is
// refused.
var ErrForeign = errors.New("it holds the time series of another program")

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
