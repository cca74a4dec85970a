package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/history"
)

func TestLoads(t *testing.T) {
	f := many(60)
	var asked []question
	cfg := Config{Source: f, Now: func() time.Time { return f.state.At }, Location: time.UTC}
	m := newModel(cfg, func(q question) tea.Msg { asked = append(asked, q); return nil })
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	visible := len(m.loads.waiting) + m.loads.running
	if m.loads.running != loadsAtOnce || visible >= 60 {
		t.Fatalf("%d of %d questions run at once", m.loads.running, visible)
	}

	// The answer to a question of before the window grew comes too late.
	r := m.table.items[1].row
	late := question{sensor: r.sensor.ID, generation: r.trace.generation, step: r.trace.step}
	m.Update(tea.WindowSizeMsg{Width: 100, Height: 24})
	m.Update(answer{question: late, buckets: []history.Bucket{{Start: r.trace.last, Count: 1000, Mean: 77}}})
	if r.trace.loaded || slices.Contains(means(&r.trace), 77) {
		t.Error("an answer to an old question was taken")
	}
	m.Update(answer{question: question{sensor: "gone"}})
	m.Update(answer{question: question{sensor: r.sensor.ID, generation: r.trace.generation}, err: errors.New("disk")})
	if r.trace.loaded {
		t.Error("an error counts as an answer")
	}
	if m.loads.running > loadsAtOnce {
		t.Errorf("%d questions run at once", m.loads.running)
	}
}
