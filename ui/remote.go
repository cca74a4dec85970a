package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// A Remote is a terminal that this process does not have itself: that of an ssh client.
// In, Out and Environ of the Config belong to it.
type Remote struct {
	Size    Size        // at the start
	Resized <-chan Size // later ones; closed when the terminal is gone
}

// A Size is that of a terminal, in cells.
type Size struct{ Width, Height int }

// options are what Bubble Tea is to know of it: it can ask a file, and not a stream.
func (r *Remote) options(environ []string) []tea.ProgramOption {
	return []tea.ProgramOption{
		tea.WithColorProfile(colorprofile.Env(environ)),
		tea.WithWindowSize(r.Size.Width, r.Size.Height),
	}
}

// follow tells the program of new sizes until ctx ends.
func (r *Remote) follow(ctx context.Context, program *tea.Program) {
	for {
		select {
		case <-ctx.Done():
			return
		case size, ok := <-r.Resized:
			if !ok {
				return
			}
			program.Send(tea.WindowSizeMsg{Width: size.Width, Height: size.Height})
		}
	}
}
