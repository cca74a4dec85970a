package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// dragOver drags from one column of a chart to another, up to letting go.
func dragOver(m *model, from, to int) {
	m.View() // a person sees the chart before
	at := m.plot
	send(m, tea.MouseClickMsg{X: at.x + from, Y: at.y + 1, Button: tea.MouseLeft})
	step := 1
	if to < from {
		step = -1
	}
	for x := from; x != to+step; x += step {
		send(m, tea.MouseMotionMsg{X: at.x + x, Y: at.y + 2, Button: tea.MouseLeft})
		m.View()
	}
}

func letGo(m *model) { send(m, tea.MouseReleaseMsg{Button: tea.MouseLeft}) }

func TestZoomScreens(t *testing.T) {
	for _, size := range [][2]int{{40, 20}, {80, 24}, {200, 60}} {
		m := newTestModel(winter(), size[0], size[1])
		press(m, "m", "enter")
		dragOver(m, 10, 20)
		checkFrame(t, m)
		golden(t, fmt.Sprintf("detail-drag-%dx%d", size[0], size[1]), render(m))
		letGo(m)
		checkFrame(t, m)
		golden(t, fmt.Sprintf("detail-zoom-%dx%d", size[0], size[1]), render(m))
	}
	for _, size := range [][2]int{{120, 40}, {200, 60}} { // the chart beside and below the table
		m := newTestModel(winter(), size[0], size[1])
		press(m, "m")
		dragOver(m, 30, 50)
		checkFrame(t, m)
		letGo(m)
		checkFrame(t, m)
		golden(t, fmt.Sprintf("zoom-%dx%d", size[0], size[1]), render(m))
	}
}

// TestZoom holds that what is dragged over is what is shown, and how one gets out.
func TestZoom(t *testing.T) {
	for name, size := range map[string][2]int{"the whole screen": {80, 24}, "a phone": {40, 20}, "below the table": {120, 40}, "beside the table": {200, 60}} {
		t.Run(name, func(t *testing.T) {
			m := newTestModel(winter(), size[0], size[1])
			press(m, "m")
			if size[0] <= 80 {
				press(m, "enter")
			}
			open, d := m.open, &m.detail
			day := d.data
			dragOver(m, 20, 10) // also to the left
			letGo(m)
			if from, to := day.edge(10, d.width), day.edge(21, d.width); d.zoom.from.After(from) || from.Sub(d.zoom.from) > time.Minute ||
				d.zoom.to.Before(to) || d.zoom.to.Sub(to) > time.Minute {
				t.Errorf("shows %v to %v, dragged over %v to %v", d.zoom.from, d.zoom.to, from, to)
			}
			if !d.ready() || d.data.step >= day.step || !d.data.from.Equal(d.zoom.from) {
				t.Errorf("shows %v from %v by %v", d.shown, d.data.from, d.data.step)
			}
			zoomed := d.zoom
			press(m, "down")
			if !d.ready() || d.zoom != zoomed || d.sensor == winter().state.Sensors[0].ID {
				t.Errorf("the next sensor shows %v", d.shown)
			}
			press(m, "left", "esc")
			if d.zoom.on() || m.open != open || !d.ready() || d.data.step != day.step {
				t.Errorf("esc shows %v", d.shown)
			}
			dragOver(m, 5, 9)
			press(m, "esc") // while the button is down
			letGo(m)
			if d.drag.on() || d.zoom.on() || m.open != open {
				t.Errorf("esc does not end it: %v", d.zoom)
			}
			for _, k := range []string{"-", "w", "backspace"} {
				dragOver(m, 5, 9)
				letGo(m)
				if !d.zoom.on() {
					t.Errorf("before %s it does not zoom", k)
				}
				press(m, k)
				if d.zoom.on() || !d.ready() {
					t.Errorf("%s does not leave it", k)
				}
			}
			press(m, "m")
			dragOver(m, 5, 9)
			letGo(m)
			if d.zoom.on() {
				t.Error("zooms with the mouse turned off")
			}
		})
	}
}

func TestZoomWithinZoom(t *testing.T) {
	f := winter()
	m := newTestModel(f, 80, 24)
	press(m, "m", "enter")
	for range 20 {
		dragOver(m, 60, 1000) // beyond the edge
		letGo(m)
		checkFrame(t, m)
	}
	if long := m.detail.zoom.length(); long < minZoom || long > minZoom+2*time.Minute {
		t.Errorf("the shortest is %v", long)
	}
	if m.detail.zoom.to.Sub(monday) > time.Minute {
		t.Errorf("up to %v, and now is %v", m.detail.zoom.to, monday)
	}
}

// TestZoomByKeys holds that keys go deeper, to the cursor's time, and as many steps back.
func TestZoomByKeys(t *testing.T) {
	for name, size := range map[string][2]int{"the whole screen": {80, 24}, "a phone": {40, 20}, "below the table": {120, 40}, "beside the table": {200, 60}} {
		for _, by := range [][2]string{{"z", "esc"}, {"z", "-"}, {"z", "backspace"}, {"+", "-"}} {
			t.Run(name+" by "+by[0]+" and "+by[1], func(t *testing.T) {
				m := newTestModel(winter(), size[0], size[1])
				if size[0] <= 80 {
					press(m, "enter")
				}
				open, d := m.open, &m.detail
				press(m, "left", "left", "left", "left", "left", "left", "left", "left", "z")
				cursor, steps := d.cursor, []zoom{d.zoom}
				if cursor.IsZero() {
					t.Fatal("the cursor is gone")
				}
				for range 10 {
					press(m, by[0])
					checkFrame(t, m)
					if d.zoom == steps[len(steps)-1] {
						break
					}
					steps = append(steps, d.zoom)
				}
				if len(steps) != 4 || d.zoom.length() != minZoom || !strings.Contains(render(m), "a chart shows") && size[0] > 40 {
					t.Errorf("ends after %d steps at %v:\n%s", len(steps), d.zoom, render(m))
				}
				for i, z := range steps {
					if i > 0 && (z.from.Before(steps[i-1].from) || z.to.After(steps[i-1].to) || z.length() >= steps[i-1].length()) {
						t.Errorf("%v is no part of %v", z, steps[i-1])
					}
				}
				for i := len(steps) - 1; i >= 0; i-- {
					if d.zoom != steps[i] || !d.ready() || !d.cursor.Equal(cursor) {
						t.Errorf("step %d shows %v with the cursor at %v, want %v and %v", i, d.zoom, d.cursor, steps[i], cursor)
					}
					press(m, by[1])
				}
				if d.zoom.on() || m.open != open || d.window != usualWindow || !d.cursor.Equal(cursor) || !d.ready() {
					t.Errorf("it does not come back: %v", d.shown)
				}
			})
		}
	}
}

// TestZoomNeedsAChart holds that a part of time that is not seen is not zoomed into.
func TestZoomNeedsAChart(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	press(m, "z")
	if m.detail.zoom.on() {
		t.Error("z zooms into the table")
	}
	press(m, "enter", "+", "+", "+")
	if m.detail.window != 0 || !m.detail.zoom.on() {
		t.Errorf("+ does not go on from the shortest window, but shows %v", m.detail.shown)
	}
	press(m, "z", "w")
	if m.detail.window != 1 || m.detail.zoom.on() || len(m.detail.outer) > 0 {
		t.Errorf("another window is of %v", m.detail.zoom)
	}
}

// TestZoomFast holds that keys that come before the history was read count all the same,
// and that only what was asked for last is shown.
func TestZoomFast(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	press(m, "enter")
	var late []tea.Cmd
	for range 3 {
		_, cmd := m.Update(tea.KeyPressMsg{Code: 'z', Text: "z"})
		late = append(late, cmd)
	}
	if len(m.detail.outer) != 2 {
		t.Errorf("%d steps deep, want 3", 1+len(m.detail.outer))
	}
	for i, cmd := range late {
		runCommand(m, cmd)
		if last := i == len(late)-1; m.detail.ready() != last || m.detail.shown.zoom.on() != last {
			t.Errorf("after answer %d it shows %v", i, m.detail.shown)
		}
	}
}

func TestClickOnAChart(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	press(m, "m", "enter")
	dragOver(m, 33, 33)
	letGo(m)
	if x := m.detail.data.cell(m.detail.cursorAt(), m.detail.width); x != 33 || m.detail.zoom.on() {
		t.Errorf("the cursor is in column %d, zoom %v", x, m.detail.zoom)
	}
	dragOver(m, 3, 6) // without the cursor
	letGo(m)
	if !m.detail.cursor.IsZero() {
		t.Error("the cursor is not in the picture")
	}
}

// TestLateAnswersToAZoom holds that what was asked for before is not shown after, and
// that no key waits.
func TestLateAnswersToAZoom(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	press(m, "m", "enter")
	dragOver(m, 10, 20)
	_, zooms := m.Update(tea.MouseReleaseMsg{Button: tea.MouseLeft})
	if m.detail.ready() || !strings.Contains(render(m), "reading the history") {
		t.Error("shown before it was read")
	}
	_, back := m.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
	runCommand(m, zooms)
	if m.detail.shown.zoom.on() {
		t.Error("shows the zoom that was left")
	}
	runCommand(m, back)
	if !m.detail.ready() || m.detail.shown.zoom.on() {
		t.Errorf("shows %v", m.detail.shown)
	}
}

// TestZoomStays holds that a part of time that is over is read once, and stays while
// time goes on.
func TestZoomStays(t *testing.T) {
	f := winter()
	m := newTestModel(f, 80, 24)
	press(m, "m", "enter")
	dragOver(m, 10, 20)
	letGo(m)
	before, asked := render(m), m.detail.askedAt
	f.update(func(s *house.State) { s.At = s.At.Add(3 * time.Hour) })
	send(m, tickMsg{})
	_, after, _ := strings.Cut(render(m), "┤")
	_, before, _ = strings.Cut(before, "┤")
	if a, b := strings.Split(after, "└")[0], strings.Split(before, "└")[0]; a != b || m.detail.askedAt != asked {
		t.Errorf("was\n%s\nis\n%s", b, a)
	}
}

// TestExportOfAZoom holds that it is of that time, and says so.
func TestExportOfAZoom(t *testing.T) {
	var got Export
	m := newTestModel(winter(), 80, 24, func(c *Config) {
		c.Export = func(e Export) (string, error) { got = e; return "/x.csv", nil }
	})
	press(m, "m", "enter")
	dragOver(m, 10, 20)
	letGo(m)
	press(m, "e")
	z := m.detail.zoom
	if want := "Cold Water Tank " + z.from.Format("2006-01-02-1504") + " to " + z.to.Format("2006-01-02-1504"); got.Name != want {
		t.Errorf("%q, want %q", got.Name, want)
	}
	if first, last := got.Rows[1][0], got.Rows[len(got.Rows)-1][0]; first != z.from.Format(time.RFC3339) || last >= z.to.Format(time.RFC3339) {
		t.Errorf("from %s, the last from %s, want %v to %v", first, last, z.from, z.to)
	}
}

// TestFiguresOfAPartOfTime holds that they are those of its readings alone, also where
// buckets reach beyond its ends.
func TestFiguresOfAPartOfTime(t *testing.T) {
	var all []reading
	for i := range 24 * 60 {
		all = append(all, reading{monday.Add(-time.Duration(i) * time.Minute), float64(i % 720)})
	}
	for _, step := range []time.Duration{time.Minute, 7 * time.Minute, time.Hour} {
		to := monday.Add(-100 * time.Minute)
		req := rangeRequest{from: to.Add(-5 * time.Hour), to: to.Add(-time.Millisecond), step: step}
		data, err := readChart(bucketsOf(all), req, monday)
		got := data.summarize()
		// The readings are 101 to 400 minutes old.
		if err != nil || got.low != 101 || got.high != 400 || got.count != 300 || got.mean < 250.49 || got.mean > 250.51 ||
			!got.lowAt.Equal(to.Add(-time.Minute)) || !got.highAt.Equal(req.from) {
			t.Errorf("by %v: %+v, %v", step, got, err)
		}
	}
}
