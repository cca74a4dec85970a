//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
)

// patience is how long anything may take before it is given up.
const patience = 30 * time.Second

// A terminal is picotop on a pseudo-terminal of 80 by 24.
type terminal struct {
	cmd     *exec.Cmd
	tty     *os.File
	started time.Time

	mu   sync.Mutex
	seen bytes.Buffer
	grew chan time.Time // the moment of each read, if somebody waits
}

func openTerminal(program string, args ...string) (*terminal, error) {
	t := &terminal{cmd: exec.Command(program, args...), grew: make(chan time.Time, 1)}
	t.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "HOME="+os.TempDir())
	t.started = time.Now()
	tty, err := pty.StartWithSize(t.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		return nil, fmt.Errorf("starting picotop on a terminal: %w", err)
	}
	t.tty = tty
	go t.read()
	return t, nil
}

func (t *terminal) read() {
	buf := make([]byte, 1<<16)
	for {
		n, err := t.tty.Read(buf)
		now := time.Now()
		t.mu.Lock()
		t.seen.Write(buf[:n])
		t.mu.Unlock()
		select {
		case t.grew <- now:
		default:
		}
		if err != nil {
			return
		}
	}
}

// sent is how many bytes came, and forgets those before.
func (t *terminal) sent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.seen.Len()
	t.seen.Reset()
	return n
}

// waitFor returns when a text comes.
func (t *terminal) waitFor(text string) (time.Time, error) {
	timeout := time.After(patience)
	for {
		select {
		case at := <-t.grew:
			t.mu.Lock()
			found := strings.Contains(t.seen.String(), text)
			t.mu.Unlock()
			if found {
				return at, nil
			}
		case <-timeout:
			return time.Time{}, fmt.Errorf("the screen did not say %q within %v", text, patience)
		}
	}
}

// press types keys and returns how long the screen took to change.
func (t *terminal) press(keys string) (time.Duration, error) {
	t.sent()
	select {
	case <-t.grew:
	default:
	}
	pressed := time.Now()
	if _, err := t.tty.WriteString(keys); err != nil {
		return 0, err
	}
	select {
	case at := <-t.grew:
		return at.Sub(pressed), nil
	case <-time.After(patience):
		return 0, fmt.Errorf("the screen did not change within %v of %q", patience, keys)
	}
}

// settle waits until nothing comes for a while, and returns after how long the last came.
func (t *terminal) settle() time.Duration {
	began := time.Now()
	last := began
	for {
		select {
		case last = <-t.grew:
		case <-time.After(150 * time.Millisecond):
			return max(last.Sub(began), 0)
		}
	}
}

// close quits.
func (t *terminal) close() error {
	_, _ = t.tty.WriteString("q")
	done := make(chan error, 1)
	go func() { done <- t.cmd.Wait() }()
	select {
	case err := <-done:
		return errors.Join(err, t.tty.Close())
	case <-time.After(patience):
		_ = t.cmd.Process.Signal(syscall.SIGKILL)
		return errors.New("it did not quit")
	}
}

// cpu is the time that its threads have run.
func (t *terminal) cpu() (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", t.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var total time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread is gone
		}
		ns, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
		if err != nil {
			return 0, err
		}
		total += time.Duration(ns)
	}
	return total, nil
}

// memory is what it holds, in bytes: all that is in memory, and what is its own.
func (t *terminal) memory() (resident, anonymous int64, err error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", t.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.ParseInt(fields[1], 10, 64)
		switch fields[0] {
		case "Rss:":
			resident = kb << 10
		case "Anonymous:":
			anonymous = kb << 10
		}
	}
	return resident, anonymous, nil
}
