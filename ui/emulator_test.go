package ui

import (
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// screenOf is what a terminal of the given size shows that was sent a text.
func screenOf(width, height int, text string) string {
	e := vt.NewEmulator(width, height)
	go func() { // answers to queries, which nobody wants
		buf := make([]byte, 256)
		for {
			if _, err := e.Read(buf); err != nil {
				return
			}
		}
	}()
	if pipe, ok := e.InputPipe().(io.Closer); ok {
		defer func() { _ = pipe.Close() }() // ends the reading; e.Close races with it
	}
	_, _ = e.WriteString(text)
	return e.String()
}

// resize changes the size of the terminal, as its user does.
func (s *session) resize(width, height int) {
	s.t.Helper()
	if err := pty.Setsize(s.slave, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		s.t.Fatal(err)
	}
	// The kernel tells only those whose controlling terminal it is.
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGWINCH); err != nil {
		s.t.Fatal(err)
	}
}

// typeKeys sends bytes as a keyboard does.
func (s *session) typeKeys(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// waitForScreen waits until a terminal that was sent what came since a length of the
// output shows a screen that is wanted.
func (s *session) waitForScreen(width, height, since int, want string) {
	s.t.Helper()
	timeout := time.After(10 * time.Second)
	for {
		got := screenOf(width, height, s.text()[since:])
		if strings.TrimRight(got, " \n") == strings.TrimRight(want, " \n") {
			return
		}
		select {
		case <-s.grew:
		case <-timeout:
			s.t.Fatalf("the terminal shows\n%s\nand should\n%s", got, want)
		}
	}
}

// drawnAtOnce is what a terminal shows that is sent the whole picture of a model.
func drawnAtOnce(m *model) string {
	return screenOf(m.width, m.height, strings.ReplaceAll(m.View().Content, "\n", "\r\n"))
}

// TestResize changes the size of a terminal under a selection, and holds the screen to
// what a terminal would show that was of this size all the time.
func TestResize(t *testing.T) {
	s := newSession(t, winter())
	s.waitFor(enterAltScreen, "Cold Water Tank", enterAltScreen)
	s.typeKeys("jj")
	want := newTestModel(winter(), 80, 24)
	press(want, "down", "down")
	selected := want.table.selectedSensor()
	s.waitForScreen(80, 24, 0, drawnAtOnce(want))
	for _, size := range [][2]int{{120, 30}, {40, 20}, {200, 60}, {19, 4}, {80, 24}} {
		since := len(s.text())
		s.resize(size[0], size[1])
		send(want, tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		s.waitForScreen(size[0], size[1], since, drawnAtOnce(want))
	}
	if now := want.table.selectedSensor(); now != selected {
		t.Errorf("%q is selected after all this, and was %q before", now, selected)
	}
	s.cancel()
	s.waitForEnd()
}

// TestDifferences goes through the pages, and holds what all the differences amount to on
// a terminal to the picture that is drawn at once. It leaves the charts
// out: what the fake history draws depends on the order in which it is asked.
func TestDifferences(t *testing.T) {
	s := newSession(t, winter())
	s.waitFor(enterAltScreen, "Cold Water Tank", enterAltScreen)
	want := newTestModel(winter(), 80, 24)
	for _, k := range [][2]string{
		{"j", "down"}, {"j", "down"}, {"a", "a"}, {"a", "a"}, {"l", "l"}, {"\t", "tab"}, {"l", "l"}, {"?", "?"}, {"?", "?"}, {"s", "s"}, {"u", "u"}, {"j", "down"},
	} {
		s.typeKeys(k[0])
		press(want, k[1])
		s.waitForScreen(80, 24, 0, drawnAtOnce(want))
	}
	s.cancel()
	s.waitForEnd()
}
