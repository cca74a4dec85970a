package notify

import (
	"context"
	"errors"
	"io"
	"log"
	"sync"
	"time"

	"github.com/nicholas-fedor/shoutrrr"
)

const (
	// maxHung is how many attempts at one target may hang at once. Those of shoutrrr
	// cannot be stopped, so one that does not come back is left behind.
	maxHung = 3
	// forgetHung is after how long one that hangs counts no more.
	forgetHung = 6 * time.Hour
)

// urlSender tells a service by shoutrrr, which knows the ways of some thirty.
func urlSender(rawURL string) (sender, error) {
	router, err := shoutrrr.NewSender(log.New(io.Discard, "", 0), rawURL)
	if err != nil {
		return nil, redacted(err, rawURL)
	}
	router.Timeout = 2 * forgetHung // ours is shorter; at its own it leaves something behind for ever
	hung := make(chan struct{}, maxHung)
	return func(ctx context.Context, m Message) error {
		select {
		case hung <- struct{}{}:
		default:
			return errors.New("earlier attempts still hang")
		}
		started := time.Now()
		back := sync.OnceFunc(func() { <-hung })
		forget := time.AfterFunc(forgetHung, back)
		done := make(chan error, 1)
		go func() {
			defer back()
			defer forget.Stop()
			done <- errors.Join(router.Send(m.Text(), nil)...)
		}()
		select {
		case err := <-done:
			return redacted(err, rawURL)
		case <-ctx.Done():
			return &hungError{after: time.Since(started).Round(time.Second)}
		}
	}, nil
}
