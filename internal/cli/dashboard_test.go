package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A dashboard is picotop on a terminal of its own, which never answers what it is asked.
type dashboard struct {
	cmd  *exec.Cmd
	tty  *os.File
	tmp  string
	done chan error

	mu   sync.Mutex // guards seen
	seen bytes.Buffer
}

func openDashboard(t *testing.T, args ...string) *dashboard {
	t.Helper()
	return openProgram(t, "picotop", args...)
}

// newDashboard is a dashboard that is not yet started.
func newDashboard(t *testing.T, name string, args ...string) *dashboard {
	t.Helper()
	d := &dashboard{tmp: t.TempDir(), done: make(chan error, 1)}
	d.cmd = exec.Command(name, args...)
	d.cmd.Env = append(os.Environ(), "TMPDIR="+d.tmp, "HOME="+t.TempDir(), "TERM=xterm-256color", "LANG=C.UTF-8")
	return d
}

// openProgram starts a program on a terminal of its own.
func openProgram(t *testing.T, name string, args ...string) *dashboard {
	t.Helper()
	d := newDashboard(t, name, args...)
	tty, err := pty.StartWithSize(d.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Skip("no terminal to be had: ", err)
	}
	d.tty = tty
	go func() {
		_, _ = io.Copy(d, tty) // ends with an error when the program does
		d.done <- d.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		_ = tty.Close()
	})
	return d
}

func (d *dashboard) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen.Write(b)
}

func (d *dashboard) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen.String()
}

func (d *dashboard) waitFor(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(d.text(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 20 s for %q on the screen; last seen:\n%q", text, d.text())
		}
	}
}

// ends checks that the program ends by itself, well, and cleans up.
func (d *dashboard) ends(t *testing.T) {
	t.Helper()
	select {
	case err := <-d.done:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it did not end within 20 s")
	}
	left, err := os.ReadDir(d.tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("it left behind %v, %v", left, err)
	}
}

func TestDashboardEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program several times")
	}
	tests := map[string]func(t *testing.T, d *dashboard){
		"when q is pressed":      func(t *testing.T, d *dashboard) { press(t, d, "q") },
		"when ctrl+c is pressed": func(t *testing.T, d *dashboard) { press(t, d, "\x03") },
		"when it is told to": func(t *testing.T, d *dashboard) {
			if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		},
		"when the terminal is gone": func(t *testing.T, d *dashboard) {
			if err := d.tty.Close(); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			d := openDashboard(t, "--demo")
			d.waitFor(t, "Cold Water Tank")
			d.waitFor(t, "FREEZING")
			end(t, d)
			d.ends(t)
			if name == "when the terminal is gone" {
				return
			}
			d.leftTheScreen(t)
		})
	}
}

func TestTheScreenIsLeftAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	d := openDashboard(t, "--demo")
	d.waitFor(t, "\x1b[?1049h") // the first frame; Bubble Tea draws later
	press(t, d, "q")
	d.ends(t)
	d.leftTheScreen(t)
}

// leftTheScreen checks that the alternate screen was left, and that the last
// table stands on the other one.
func (d *dashboard) leftTheScreen(t *testing.T) {
	t.Helper()
	text := d.text()
	_, after, left := strings.Cut(text[strings.LastIndex(text, "\x1b[?1049h"):], "\x1b[?1049l")
	if !left || !strings.Contains(after, "Cold Water Tank") || !strings.Contains(text, "\x1b[?25h") {
		t.Errorf("the screen was not left well: %q", text)
	}
	if i := strings.LastIndex(after, "\x1b[?1049l"); i >= 0 && strings.Contains(after[:i], "Cold Water Tank") {
		t.Error("the last table was drawn before the screen was left")
	}
}

func press(t *testing.T, d *dashboard, key string) {
	t.Helper()
	if _, err := d.tty.WriteString(key); err != nil {
		t.Fatal(err)
	}
}

// forget makes waitFor look only at what comes from now on.
func (d *dashboard) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen.Reset()
}
