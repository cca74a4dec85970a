package feed

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(listenEnv) != "" {
		os.Exit(listenInNamespace())
	}
	// The tests that run side by side wait for switches to forget: they need
	// no processor each.
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// listenEnv makes the test binary a listener instead of running tests.
const listenEnv = "PICOTOP_TEST_LISTEN"

const testPort = 11235

// A report is what such a listener says, a line at a time.
type listenReport struct {
	Heard  int
	From   map[string]int // of these, by address
	Health Health
}

// listenInNamespace listens until it is interrupted, and says how it fares.
func listenInNamespace() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l := New(Config{Group: group, Ports: []uint16{testPort}, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	l.silence, _ = time.ParseDuration(os.Getenv(listenEnv))
	out := make(chan Packet, 4096)
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, out) }()
	enc := json.NewEncoder(os.Stdout)
	tick := time.NewTicker(20 * time.Millisecond)
	report := listenReport{From: map[string]int{}}
	for {
		select {
		case p := <-out:
			report.Heard++
			report.From[p.From.Addr().String()]++
		case <-tick.C:
			report.Health = l.Health()
			if enc.Encode(report) != nil {
				return 1
			}
		case err := <-done:
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			return 0
		}
	}
}
