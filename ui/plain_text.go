package ui

import (
	"context"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Text is what the screen shows now, as plain text of a width, with all of the
// table. It reads the past of every sensor from cfg.Source first, as far as ctx
// allows. It is empty while no sensor is known.
func Text(ctx context.Context, cfg Config, width int) string {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Location == nil {
		cfg.Location = time.Local
	}
	if cfg.Environ == nil {
		cfg.Environ = os.Environ()
	}
	m := newModel(cfg, func(req rangeRequest) tea.Msg {
		buckets, err := cfg.Source.Range(ctx, req.sensor, req.from, req.to, req.step)
		return rangeResult{request: req, buckets: buckets, err: err}
	})
	m.finish(tea.WindowSizeMsg{Width: width, Height: maxTextHeight})
	return m.finalTable()
}

// maxTextHeight is more lines than a house can have sensors and Picos.
const maxTextHeight = 1000

// finish updates the model with a message, and with all that follows from it.
func (m *model) finish(msg tea.Msg) {
	_, cmd := m.Update(msg)
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			m.finish(cmd())
		}
	case nil:
	default:
		m.finish(msg)
	}
}
