// Picotop shows the temperatures that Raspberry Pi Picos multicast on the
// home network, warns of what is freezing or has gone silent, exports them to
// Prometheus, and remembers them.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"picotop/internal/cli"
	"picotop/internal/host"
)

// memoryLimit is what the garbage collector keeps the program within, as long
// as it can: merging a month of history would else take twice as much for a
// moment, on a machine that may have 512 MB. GOMEMLIMIT sets another.
const memoryLimit = 96 << 20

var version string // of a release, set with -ldflags "-X main.version=v1.2.3"

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	// A second signal ends even a program that cannot end by itself, as when
	// the terminal takes no more bytes.
	context.AfterFunc(ctx, stop)
	program := cli.Program{Version: host.Version(version), In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(cli.Run(ctx, os.Args[1:], program))
}
