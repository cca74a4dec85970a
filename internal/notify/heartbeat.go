package notify

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	beatTimeout = 20 * time.Second
	maxAnswer   = 64 << 10 // bytes that are read of an answer
)

// beat calls the heartbeat while the house is well heard, until ctx ends. Who is called
// notices when the calls stop, and tells the owner.
func (n *Notifier) beat(ctx context.Context, h Heartbeat) {
	if h.URL == "" || h.Every <= 0 {
		return
	}
	tick := time.NewTicker(workEvery)
	defer tick.Stop()
	var last time.Time
	trouble := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := n.opts.Now()
		if !n.isHeard() || now.Sub(last) < h.Every && !last.IsZero() {
			continue
		}
		last = now
		err := call(ctx, h.URL)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			trouble = ""
		case err.Error() != trouble:
			trouble = err.Error()
			n.opts.Logger.Warn("the heartbeat is not heard, and is tried again", "err", err)
		}
	}
}

// call reads a page. Its error holds nothing of the URL.
func call(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return redacted(err, url)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return redacted(err, url)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return redacted(err, url)
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the answer is %s", resp.Status)
	}
	return nil
}

// Call calls a heartbeat once.
func Call(ctx context.Context, h Heartbeat) error { return call(ctx, h.URL) }
