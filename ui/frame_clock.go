package ui

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	// framesPerSecond is the pace that Bubble Tea begins with, and keeps if it cannot
	// be told another.
	framesPerSecond = 10
	// A key must show at once. What changes by itself may wait, so that many changes
	// make one frame.
	soon, unhurried = 10 * time.Millisecond, 100 * time.Millisecond
	// idlePace is how often Bubble Tea looks for a frame when none was announced.
	idlePace = time.Second
)

// A frameClock has Bubble Tea draw when there is something to draw. By itself Bubble
// Tea looks for that at a fixed pace, and either wakes the processor many times a second
// for nothing, or shows a key late. The zero value leaves it at its own pace.
type frameClock struct {
	program *tea.Program

	mu    sync.Mutex
	pace  time.Duration // of the ticker while frames are expected; 0 if none are
	until time.Time     // when to go back to idlePace
	slow  *time.Timer   // does so
}

// expect has a frame drawn after d at the latest. It must be called by the goroutine in
// which Bubble Tea calls the model, for that is the one that sets the ticker.
func (c *frameClock) expect(d time.Duration) {
	ticker := frameTicker(c.program)
	if ticker == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pace == 0 || d < c.pace {
		c.pace = d
		ticker.Reset(d)
	}
	// Two ticks: the first may come before the frame has reached the renderer.
	rest := c.pace*2 + c.pace/2
	c.until = time.Now().Add(rest)
	if c.slow == nil {
		c.slow = time.AfterFunc(rest, func() { c.slowDown(ticker) })
		return
	}
	c.slow.Reset(rest)
}

// slowDown goes back to idlePace, unless a frame was announced meanwhile.
func (c *frameClock) slowDown(ticker *time.Ticker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pace != 0 && !time.Now().Before(c.until) {
		c.pace = 0
		ticker.Reset(idlePace)
	}
}

// stop leaves no timer behind. The program must have ended.
func (c *frameClock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pace = 0
	if c.slow != nil {
		c.slow.Stop()
	}
}

// frameTicker is the ticker at which a running program draws, or nil. Bubble Tea has no
// way to change its pace, so this looks into its field: a version that has none keeps
// its own pace, and a test says so.
func frameTicker(p *tea.Program) *time.Ticker {
	if p == nil {
		return nil
	}
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return (*time.Ticker)(field.UnsafePointer())
}
