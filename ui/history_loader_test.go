package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/history"
)

func TestLoader(t *testing.T) {
	f := many(60)
	cfg := Config{Source: f, Now: func() time.Time { return f.state.At }, Location: time.UTC}
	m := newModel(cfg, func(rangeRequest) tea.Msg { return nil }, nil)
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	visible := len(m.loader.queue) + m.loader.running
	if m.loader.running != maxConcurrentLoads || visible >= 60 {
		t.Fatalf("%d of %d requests run at once", m.loader.running, visible)
	}

	// The result of a request from before the window grew comes too late.
	r := m.table.items[1].row
	late := rangeRequest{sensor: r.sensor.ID, generation: r.sparklineData.generation, step: r.sparklineData.step}
	m.Update(tea.WindowSizeMsg{Width: 100, Height: 24})
	m.Update(rangeResult{request: late, buckets: []history.Bucket{{Start: r.sparklineData.newestStart, Count: 1000, Mean: 77}}})
	if r.sparklineData.loaded || slices.Contains(means(&r.sparklineData), 77) {
		t.Error("the result of an old request was taken")
	}
	m.Update(rangeResult{request: rangeRequest{sensor: "gone"}})
	m.Update(rangeResult{request: rangeRequest{sensor: r.sensor.ID, generation: r.sparklineData.generation}, err: errors.New("disk")})
	if r.sparklineData.loaded {
		t.Error("an error counts as a result")
	}
	if m.loader.running > maxConcurrentLoads {
		t.Errorf("%d requests run at once", m.loader.running)
	}
}
