package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"
	"go.uber.org/goleak"

	"picotop/history"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// Bubble Tea leaves its reader behind if keys come together with the one that
		// quits: it waits for ever to hand them on.
		goleak.IgnoreAnyFunction("github.com/charmbracelet/ultraviolet.(*TerminalReader).sendEvents"),
	)
}

// A session is Run on a pseudo-terminal.
type session struct {
	t      *testing.T
	master *os.File
	slave  *os.File
	cancel context.CancelFunc
	done   chan error
	closed chan struct{} // when nothing more can be read from the master

	mu     sync.Mutex
	output bytes.Buffer
	grew   chan struct{} // receives when output grows
}

func newSession(t *testing.T, f Source) *session { return newSessionOf(t, f, 80, 24) }

// newSessionOf is a session on a terminal of a size.
func newSessionOf(t *testing.T, f Source, width, height int) *session {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	if err := pty.Setsize(slave, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		t.Fatal(err)
	}
	master = interruptible(t, master)
	ctx, cancel := context.WithCancel(t.Context())
	s := &session{
		t: t, master: master, slave: slave, cancel: cancel,
		done: make(chan error, 1), closed: make(chan struct{}), grew: make(chan struct{}, 1),
	}
	go s.read()
	go func() {
		s.done <- Run(ctx, Config{
			Source: f, Now: func() time.Time { return monday }, Location: time.UTC,
			In: slave, Out: slave,
			// Over ssh Bubble Tea sends no queries, which this terminal could not answer.
			Environ: []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"},
		})
	}()
	t.Cleanup(func() {
		cancel()
		_ = slave.Close()
		_ = master.Close()
		<-s.closed
	})
	return s
}

// interruptible returns f as a file whose Close ends a Read.
func interruptible(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), syscall.SetNonblock(fd, true)); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// read takes what the screen sends, as a terminal does.
func (s *session) read() {
	defer close(s.closed)
	buf := make([]byte, 4096)
	for {
		n, err := s.master.Read(buf)
		s.mu.Lock()
		s.output.Write(buf[:n])
		s.mu.Unlock()
		select {
		case s.grew <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *session) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// waitFor returns when the terminal was sent the texts, in this order.
func (s *session) waitFor(texts ...string) {
	s.t.Helper()
	timeout := time.After(10 * time.Second)
	for {
		rest, found := s.text(), true
		for _, text := range texts {
			if _, rest, found = strings.Cut(rest, text); !found {
				break
			}
		}
		if found {
			return
		}
		select {
		case <-s.grew:
		case <-timeout:
			s.t.Fatalf("the terminal was never sent %q, but %q", texts, s.text())
		}
	}
}

// waitForEnd returns once Run has, and reports its error.
func (s *session) waitForEnd() {
	s.t.Helper()
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Error("Run:", err)
		}
	case <-time.After(10 * time.Second):
		s.t.Fatal("Run did not end")
	}
}

const (
	enterAltScreen = "\x1b[?1049h"
	leaveAltScreen = "\x1b[?1049l"
)

func TestRunQuits(t *testing.T) {
	for name, key := range map[string]string{"q": "q", "ctrl+c": "\x03"} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t, winter())
			// Bubble Tea, which draws second, sets the raw mode in which ctrl+c is
			// a key and not a signal.
			s.waitFor(enterAltScreen, "Cold Water Tank", enterAltScreen, "Cold Water Tank")
			if _, err := s.master.WriteString(key); err != nil {
				t.Fatal(err)
			}
			s.waitForEnd()
			s.waitFor(enterAltScreen, leaveAltScreen, "! FREEZING  Cold Water Tank 2.9°C", "x Log Store")
		})
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	s := newSession(t, winter())
	s.waitFor("Cold Water Tank")
	s.cancel()
	s.waitForEnd()
	s.waitFor(leaveAltScreen, "x Log Store")
}

func TestRunEndsWithItsTerminal(t *testing.T) {
	s := newSession(t, winter())
	s.waitFor("Cold Water Tank")
	if err := s.master.Close(); err != nil {
		t.Fatal(err)
	}
	s.waitForEnd()
}

// A failingWriter fails after some bytes, as a terminal does that went away.
type failingWriter struct{ left int }

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errors.New("input/output error")
	}
	return len(p), nil
}

func TestRunEndsWhenNothingCanBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		err := run(t.Context(), Config{Source: winter(), In: in, Out: &failingWriter{left: 500}}, tea.WithWindowSize(80, 24))
		if err != nil {
			t.Error(err)
		}
		_ = keys.Close()
	})
}

func TestRunEndsAtTheEndOfItsInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := run(t.Context(), Config{Source: winter(), In: strings.NewReader(""), Out: io.Discard}, tea.WithWindowSize(80, 24))
		if err != nil {
			t.Error(err)
		}
	})
}

// slowSource is a Source whose Range blocks until its context is done, and a
// second longer.
type slowSource struct {
	*fakeSource
	started chan struct{}
	running atomic.Int32
}

func (s *slowSource) Range(ctx context.Context, _ string, _, _ time.Time, _ time.Duration) ([]history.Bucket, error) {
	s.running.Add(1)
	defer s.running.Add(-1)
	select {
	case s.started <- struct{}{}:
	default:
	}
	<-ctx.Done()
	time.Sleep(time.Second) // to end takes time too
	return nil, ctx.Err()
}

func TestRunWaitsForItsSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		src := &slowSource{fakeSource: winter(), started: make(chan struct{}, 1)}
		in, keys := io.Pipe()
		done := make(chan error)
		go func() { done <- run(ctx, Config{Source: src, In: in, Out: io.Discard}, tea.WithWindowSize(80, 24)) }()
		<-src.started
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if src.running.Load() > 0 {
			t.Error("Run returned while a call of Range was under way")
		}
		_ = keys.Close()
	})
}

func TestFinalTable(t *testing.T) {
	golden(t, "farewell", newTestModel(winter(), 80, 12).finalTable())
	golden(t, "farewell-phone", newTestModel(winter(), 40, 20).finalTable())
	if got := newTestModel(firstRunHouse(func(*fakeSource) {}), 80, 24).finalTable(); got != "" {
		t.Errorf("without sensors it says %q", got)
	}
}
