package ui

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// What is under way when the screen ends is broken off and waited for, and nothing begins
// afterwards.
func TestCallsEndWithTheScreen(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := newCalls(ctx)
	begun, ended := make(chan struct{}), false
	go c.run(openTimeout, func(ctx context.Context) tea.Msg {
		close(begun)
		<-ctx.Done()
		ended = true
		return nil
	})
	<-begun
	cancel()
	c.wait()
	if !ended {
		t.Error("it was not waited for")
	}
	if msg := c.run(0, func(context.Context) tea.Msg { return tickMsg{} }); msg != nil {
		t.Errorf("a call began afterwards: %v", msg)
	}
}
