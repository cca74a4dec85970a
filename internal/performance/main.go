//go:build linux

// Performance measures what picotop costs, and how soon it answers, and writes the
// tables of docs/performance.md:
//
//	go run ./internal/performance > docs/performance.md
//
// It builds the program, makes up years of history in a temporary directory, and runs
// the program on pseudo-terminals, on the loopback interface only. It takes some ten
// minutes, most of them for the years.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	var cfg config
	flag.IntVar(&cfg.runs, "runs", 20, "how often what is short is measured")
	flag.DurationVar(&cfg.idleFor, "idle", time.Minute, "how long an idle dashboard is looked at")
	flag.StringVar(&cfg.kept, "keep", "", "directory to keep the histories in, for the next run; empty makes a temporary one")
	flag.Parse()
	if err := run(cfg); err != nil {
		fmt.Fprintln(os.Stderr, "performance:", err)
		os.Exit(1)
	}
}

// A config says how much is measured.
type config struct {
	idleFor time.Duration
	runs    int
	kept    string // where the histories are
	program string // made from this source
}

func run(cfg config) (err error) {
	dir, err := os.MkdirTemp("", "picotop-performance-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg.program = filepath.Join(dir, "picotop")
	say("building picotop")
	if out, err := exec.Command("go", "build", "-o", cfg.program, "picotop").CombinedOutput(); err != nil {
		return fmt.Errorf("building picotop: %w\n%s", err, out)
	}
	if cfg.kept == "" {
		cfg.kept = dir
	}
	for _, h := range histories {
		if err := h.make(cfg); err != nil {
			return err
		}
	}
	r, err := measure(cfg)
	if err != nil {
		return err
	}
	return r.write(os.Stdout)
}

// say tells how far it has come.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+" ...\n", args...) }
