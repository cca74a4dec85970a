package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// heardWithin is how long the program may take until its metrics have the sensors: a
// Pi's program is slow in an emulator.
const heardWithin = 90 * time.Second

// run tries the program of a target: its version, whether it hears packets on the
// loopback, serves metrics and remembers. Where the emulator is missing it says so.
func (b *build) run(t target) error {
	var prefix []string
	if t.goarch != runtime.GOARCH {
		emulator, err := exec.LookPath(t.emulator)
		if err != nil {
			fmt.Printf("  %s: not run, %s is not installed (Debian's package qemu-user-static)\n", t.name, t.emulator)
			return nil
		}
		prefix = []string{emulator}
	}
	program := func(ctx context.Context, args ...string) *exec.Cmd {
		line := append(append(prefix[:len(prefix):len(prefix)], b.stage("picotop")), args...)
		return exec.CommandContext(ctx, line[0], line[1:]...)
	}
	out, err := program(context.Background(), "--version").Output()
	if err != nil {
		return fmt.Errorf("--version: %w", err)
	}
	if !strings.Contains(string(out), b.version) {
		return fmt.Errorf("--version says %q, not %s", out, b.version)
	}
	return b.hear(t, program)
}

func (b *build) hear(t target, program func(context.Context, ...string) *exec.Cmd) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*heardWithin)
	defer cancel()
	port, err := freePort()
	if err != nil {
		return err
	}
	web, err := freePort()
	if err != nil {
		return err
	}
	data := filepath.Join(b.work, "data-"+t.name)
	var log bytes.Buffer
	service := program(ctx, "--headless", "-i", "lo", "-p", strconv.Itoa(port), "-s", "127.0.0.1:"+strconv.Itoa(web), "--data", data, "--config", os.DevNull)
	service.Stdout, service.Stderr = &log, &log
	service.Cancel = func() error { return service.Process.Signal(syscall.SIGTERM) }
	service.WaitDelay = 20 * time.Second
	if err := service.Start(); err != nil {
		return err
	}
	sender := exec.CommandContext(ctx, b.host, "simulate", "-i", "lo", "-p", strconv.Itoa(port), "--picos", "1", "--sensors", "2", "--every", "1s")
	sender.Cancel = func() error { return sender.Process.Signal(syscall.SIGTERM) }
	if err := sender.Start(); err != nil {
		return err
	}
	heard := waitForMetrics(ctx, "http://127.0.0.1:"+strconv.Itoa(web)+"/metrics")
	_ = sender.Process.Signal(syscall.SIGTERM)
	_ = sender.Wait()
	_ = service.Process.Signal(syscall.SIGTERM)
	if err := service.Wait(); err != nil && heard == nil {
		heard = fmt.Errorf("it ended with %w", err)
	}
	if heard != nil {
		return fmt.Errorf("%w; its log:\n%s", heard, log.String())
	}
	info, err := program(ctx, "history", "info", "--data", data).CombinedOutput()
	if err != nil || !strings.Contains(string(info), "Sim") {
		return fmt.Errorf("history info: %w\n%s", errors.Join(err, errors.New("the sensors are not there")), info)
	}
	fmt.Printf("  %s: runs, hears, serves and remembers\n", t.name)
	return nil
}

// waitForMetrics waits until both sensors are served.
func waitForMetrics(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, heardWithin)
	defer cancel()
	last := errors.New("nothing was served")
	for {
		if text, err := get(ctx, url); err == nil && strings.Count(text, "\ntemperature{") >= 2 {
			return nil
		} else if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no metrics of the sensors within %v: %w", heardWithin, last)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func get(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return string(text), err
}

// freePort is a port that nobody has at the moment, for UDP and TCP.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
