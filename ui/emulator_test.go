package ui

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"picotop/history"
)

// screenOf is what a terminal of the given size shows that was sent a text, colours and
// all but those of blanks, which are not seen.
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
	for y := range height {
		for x := range width {
			c := e.CellAt(x, y)
			if c == nil || c.Content != " " {
				continue
			}
			c = c.Clone()
			if c.Style.Attrs &= uv.AttrReverse; c.Style.Attrs == 0 {
				c.Style.Fg = nil
			}
			e.SetCell(x, y, c)
		}
	}
	return e.Render()
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

// A steadySource tells the same of a time whatever was asked before, as a store does.
type steadySource struct{ *fakeSource }

// Range is a temperature that goes up and down each hour and each day, with some gaps.
func (f steadySource) Range(_ context.Context, _ string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	var all []history.Bucket
	for at := bucketStart(from, step); !at.After(to); at = at.Add(step) {
		b := history.Bucket{Start: at}
		if at.Hour()%7 != 3 {
			turns := 2 * math.Pi * float64(at.Unix()) / 3600
			b.Count, b.Mean = int(max(step/(13*time.Second), 1)), 4+math.Sin(turns)+3*math.Sin(turns/24)
			b.Min, b.Max = b.Mean-0.5, b.Mean+0.5
		}
		all = append(all, b)
	}
	return all, nil
}

// TestDifferences goes through the pages, and holds what all the differences amount to on
// a terminal to the picture that is drawn at once.
func TestDifferences(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 20}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			f := steadySource{winter()}
			s := newSessionOf(t, f, size[0], size[1])
			s.waitFor(enterAltScreen, "Cold Water Tank", enterAltScreen)
			want := newTestModel(f.fakeSource, size[0], size[1], func(c *Config) { c.Source = f })
			same := func(what string) {
				t.Helper()
				t.Log("after", what)
				s.waitForScreen(size[0], size[1], 0, drawnAtOnce(want))
			}
			for _, k := range [][2]string{
				{"j", "down"},
				{"j", "down"},
				{"a", "a"},
				{"a", "a"},
				{"l", "l"},
				{"\t", "tab"},
				{"l", "l"},
				{"?", "?"},
				{"?", "?"},
				{"s", "s"},
				{"u", "u"},
				{"j", "down"},
				{"w", "w"},
				{"=", "="},
				{"-", "-"},
				{"+", "+"},
				{"\r", "enter"},
				{"\x1b[D", "left"},
				{"\x1b[D", "left"},
				{"\t", "tab"},
				{"z", "z"},
				{"z", "z"},
				{"\x7f", "backspace"},
				{"o", "o"},
				{"\t", "tab"},
				{"o", "o"},
				{"\x1b[D", "left"},
				{"o", "o"},
				{"w", "w"},
				{"w", "w"},
				{"w", "w"},
				{"m", "m"},
			} {
				s.typeKeys(k[0])
				press(want, k[1])
				same(k[1])
			}
			for _, e := range []struct {
				keys string
				msg  tea.Msg
			}{
				{"\x1b[<0;20;10M", tea.MouseClickMsg{X: 19, Y: 9, Button: tea.MouseLeft}},
				{"\x1b[<32;25;10M", tea.MouseMotionMsg{X: 24, Y: 9, Button: tea.MouseLeft}},
				{"\x1b[<32;23;10M", tea.MouseMotionMsg{X: 22, Y: 9, Button: tea.MouseLeft}},
				{"\x1b[<0;23;10m", tea.MouseReleaseMsg{X: 22, Y: 9, Button: tea.MouseLeft}},
				{"u", tea.KeyPressMsg{Code: 'u', Text: "u"}},
			} {
				s.typeKeys(e.keys)
				send(want, e.msg)
				same(fmt.Sprint(e.msg))
			}
			s.cancel()
			s.waitForEnd()
		})
	}
}
