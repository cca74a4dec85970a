// Picotop shows the temperatures that Raspberry Pi Picos multicast on the
// home network, warns of what is freezing or has gone silent, exports them to
// Prometheus, and remembers them.
//
// This package is the command line: [run] holds the program, and the files
// beside it the flags, who starts whom, and how errors are told. What the
// program knows lives in its rooms: feed hears, house knows what is now,
// history what was, exporter tells other programs and ui people.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// streams are the three files that a program is given.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// memoryLimit is what the garbage collector keeps the program within, as long
// as it can: merging a month of history would else take twice as much for a
// moment, on a machine that may have 512 MB. GOMEMLIMIT sets another.
const memoryLimit = 96 << 20

func main() {
	os.Exit(mainCode())
}

// mainCode runs the program and returns its exit status.
func mainCode() int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A second signal ends even a program that cannot end by itself, as when
	// the terminal takes no more bytes.
	context.AfterFunc(ctx, stop)
	s := streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	err := run(ctx, os.Args[1:], s)
	if err != nil {
		report(s.err, err)
	}
	return exitCode(err)
}

// run is the whole program. It returns nil when it was told to stop, by a key
// or by ctx.
func run(ctx context.Context, args []string, s streams) error {
	return execute(ctx, args, s)
}
