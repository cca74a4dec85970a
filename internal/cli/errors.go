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
	if _, ok := errors.AsType[*foundError](err); ok {
		return // the doctor has told of it
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

// exitCode is 0 for success, 2 for a command line that was not understood and
// 1 for anything else.
func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case isUsage(err):
		return 2
	}
	return 1
}

func isUsage(err error) bool {
	_, ok := errors.AsType[*usageError](err)
	return ok
}
