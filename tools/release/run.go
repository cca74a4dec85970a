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
	service := program(ctx, "--headless", "--unicast", "-i", "lo", "-p", strconv.Itoa(port), "-s", "127.0.0.1:"+strconv.Itoa(web), "--data", data, "--config", os.DevNull)
	service.Stdout, service.Stderr = &log, &log
	service.Cancel = func() error { return service.Process.Signal(syscall.SIGTERM) }
	service.WaitDelay = 20 * time.Second
	if err := service.Start(); err != nil {
		return err
	}
	heard := waitForMetrics(ctx, "http://127.0.0.1:"+strconv.Itoa(web)+"/metrics", port)
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

// packets are what a Pico sends of two sensors in a round.
var packets = []string{
	`{"type": "temperature", "sensor": "28ff011122334451", "name": "SimLoft", "temperature": 11.25, "offset": 0.0}`,
	`{"type": "temperature", "sensor": "28ff001122334450", "name": "SimTank", "temperature": 4.5, "offset": -0.25}`,
}

// waitForMetrics sends packets until both sensors are served. It sends them to the
// program and not to the group: the emulator lets no program join one.
func waitForMetrics(ctx context.Context, url string, port int) error {
	ctx, cancel := context.WithTimeout(ctx, heardWithin)
	defer cancel()
	conn, err := net.Dial("udp4", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	defer conn.Close()
	last := ""
	for {
		text, err := get(ctx, url)
		if err == nil && strings.Count(text, "\ntemperature{") >= len(packets) {
			return nil
		}
		if ctx.Err() == nil {
			last = fmt.Sprint(err)
		}
		for _, p := range packets {
			_, _ = conn.Write([]byte(p)) // nobody hears it until the port is open
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no metrics of the sensors within %v: %s", heardWithin, last)
		case <-time.After(500 * time.Millisecond):
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

// freePort is a TCP port that nobody has at the moment; it is taken for UDP as well.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
