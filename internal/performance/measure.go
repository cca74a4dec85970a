//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// results are what was measured.
type results struct {
	config
	version []time.Duration
	years   []yearResults

	focused, unfocused idle
}

// yearResults are what was measured with a year of history.
type yearResults struct {
	year
	firstPaint, key, chart    []time.Duration
	resident, anonymous, disk int64 // bytes
}

// idle is what a dashboard costs that is left alone.
type idle struct {
	cpu            float64 // percent of one core
	bytesPerSecond float64
}

func measure(cfg config) (r results, err error) {
	r.config = cfg
	for range cfg.runs {
		start := time.Now()
		if err := exec.Command(cfg.program, "--version").Run(); err != nil {
			return r, err
		}
		r.version = append(r.version, time.Since(start))
	}
	for _, h := range histories {
		y := yearResults{year: h}
		if err := r.withYear(&y); err != nil {
			return r, err
		}
		r.years = append(r.years, y)
	}
	return r, r.alone()
}

// dashboard is a picotop that hears the loopback interface alone.
func (r *results) dashboard(data string, port int) (*terminal, error) {
	web, err := freePort()
	if err != nil {
		return nil, err
	}
	return openTerminal(r.program, "--standalone", "-i", "lo", "-p", strconv.Itoa(port), "-s", fmt.Sprintf("127.0.0.1:%d", web), "--data", data)
}

// withYear measures what depends on how much history there is.
func (r *results) withYear(y *yearResults) error {
	say("starting with the year of %d sensors for the first time, which sums it up", y.sensors)
	t, err := r.start(y, 20*time.Second)
	if err != nil {
		return err
	}
	if err := t.close(); err != nil {
		return err
	}
	say("starting with it %d times", r.runs)
	for range r.runs {
		t, err := r.start(y, 0)
		if err != nil {
			return err
		}
		if err := t.close(); err != nil {
			return err
		}
	}
	say("pressing keys")
	if t, err = r.start(y, 2*time.Second); err != nil {
		return err
	}
	for i := range 2 * r.runs {
		took, err := t.press([]string{"j", "k"}[i%2])
		if err != nil {
			return err
		}
		y.key = append(y.key, took)
		t.settle()
	}
	for range r.runs {
		took, err := r.yearChart(t)
		if err != nil {
			return err
		}
		y.chart = append(y.chart, took)
	}
	if y.resident, y.anonymous, err = t.memory(); err != nil {
		return err
	}
	y.disk, err = sizeOf(y.dir(r.config))
	return errors.Join(err, t.close())
}

// start opens a dashboard on a year, notes when its first picture came, and leaves it
// alone for a while.
func (r *results) start(y *yearResults, rest time.Duration) (*terminal, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	t, err := r.dashboard(y.dir(r.config), port)
	if err != nil {
		return nil, err
	}
	at, err := t.waitFor("Room")
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	if rest == 0 {
		y.firstPaint = append(y.firstPaint, at.Sub(t.started))
	}
	t.settle()
	time.Sleep(rest)
	return t, nil
}

// yearChart opens a sensor's chart of a year, and returns how long that took until its
// last dot. It leaves the chart again.
func (r *results) yearChart(t *terminal) (time.Duration, error) {
	if _, err := t.press("\r"); err != nil {
		return 0, err
	}
	t.settle()
	for range 2 { // from a day by a week to a month
		if _, err := t.press("w"); err != nil {
			return 0, err
		}
		t.settle()
	}
	took, err := t.press("w")
	if err != nil {
		return 0, err
	}
	took += t.settle()
	for range 3 { // by an hour and six hours back to a day
		if _, err := t.press("w"); err != nil {
			return 0, err
		}
		t.settle()
	}
	if _, err := t.press("\x1b"); err != nil {
		return 0, err
	}
	t.settle()
	_, err = t.press("j")
	t.settle()
	return took, err
}

// alone measures what a dashboard of 24 sensors costs that nobody touches.
func (r *results) alone() error {
	say("looking at an idle dashboard for twice %v", r.idleFor)
	data, err := os.MkdirTemp("", "picotop-performance-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	port, err := freePort()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	picos := exec.CommandContext(ctx, r.program, "simulate", "-i", "lo", "-p", strconv.Itoa(port), "--picos", "4", "--sensors", "6", "--every", "10s")
	if err := picos.Start(); err != nil {
		return err
	}
	defer func() { stop(); _ = picos.Wait() }()
	t, err := r.dashboard(data, port)
	if err != nil {
		return err
	}
	if _, err := t.waitFor("Sim"); err != nil {
		return errors.Join(err, t.close())
	}
	time.Sleep(20 * time.Second) // until all were heard
	if r.focused, err = t.idle(r.idleFor); err != nil {
		return err
	}
	if _, err := t.tty.WriteString("\x1b[O"); err != nil { // the focus is lost
		return err
	}
	if r.unfocused, err = t.idle(r.idleFor); err != nil {
		return err
	}
	return t.close()
}

// idle looks at a dashboard for a time.
func (t *terminal) idle(d time.Duration) (idle, error) {
	before, err := t.cpu()
	if err != nil {
		return idle{}, err
	}
	t.sent()
	time.Sleep(d)
	after, err := t.cpu()
	return idle{
		cpu:            100 * (after - before).Seconds() / d.Seconds(),
		bytesPerSecond: float64(t.sent()) / d.Seconds(),
	}, err
}

func freePort() (int, error) {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	addr, ok := c.LocalAddr().(*net.UDPAddr)
	if !ok {
		return 0, errors.New("no UDP address")
	}
	return addr.Port, c.Close()
}

func sizeOf(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
