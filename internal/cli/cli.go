// Package cli is what one types: the commands and their flags, and how errors
// are told.
package cli

import (
	"context"
	"io"
)

// Streams are the three files that a program is given.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run runs the command that args ask for, and returns the exit status: 0 for
// success, 2 for a command line that was not understood, and 1 for anything
// else. It tells errors on s.Err. It returns 0 when it was told to stop, by a
// key or by ctx.
func Run(ctx context.Context, args []string, s Streams) int {
	err := execute(ctx, args, s)
	if err != nil {
		report(s.Err, err)
	}
	return exitCode(err)
}
