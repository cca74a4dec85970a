package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"picotop/internal/config"
)

// report tells the user in one line what failed and, where the error knows,
// in another what to try.
func report(w io.Writer, err error) {
	if _, ok := errors.AsType[*toldError](err); ok {
		return
	}
	if errs, ok := errors.AsType[config.Errors](err); ok {
		for _, e := range errs {
			tell(w, e, e.Hint)
		}
		return
	}
	tell(w, err, hint(err))
}

// tell writes an error and what to try.
func tell(w io.Writer, err error, try string) {
	fmt.Fprintf(w, "picotop: %s\n", oneLine(err.Error()))
	if try != "" {
		fmt.Fprintf(w, "picotop: hint: %s\n", oneLine(try))
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// A usageError says that the command line was not understood.
type usageError struct {
	err error
	try string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func (e *usageError) hint() string { return e.try }

// A toldError ends a command that did its work with an exit status of 1: it found
// something wrong, and has told of it.
type toldError struct{ what string }

func (e *toldError) Error() string { return e.what }

// An unclearError ends a command that looks whether all is well, and could not tell,
// with an exit status of 2.
type unclearError struct{ err error }

func (e *unclearError) Error() string { return e.err.Error() }
func (e *unclearError) Unwrap() error { return e.err }

// exitCode is 0 for success, 2 for a command line that was not understood and for a
// question that could not be answered, and 1 for anything else.
func exitCode(err error) int {
	_, unclear := errors.AsType[*unclearError](err)
	switch {
	case err == nil:
		return 0
	case unclear, isUsage(err):
		return 2
	}
	return 1
}

func isUsage(err error) bool {
	_, ok := errors.AsType[*usageError](err)
	return ok
}
