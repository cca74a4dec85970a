package cli

import (
	"context"
	"fmt"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/status"
	"picotop/ui"
)

// noteFor is how long the screen tells of something that happened to the
// history.
const noteFor = 24 * time.Hour

// shown is the program as the screen sees it.
type shown struct{ *program }

// Health implements [ui.Source].
func (s shown) Health() ui.Health { return ui.Health{Status: s.Status()} }

// State is the house as it is now.
func (s *program) State() house.State { return s.house.State(s.now()) }

// Status is how the program fares.
func (s *program) Status() status.Status {
	h := status.Status{Feed: s.listener.Health(), Demo: s.demo}
	h.Metrics.Addr, h.Metrics.Err = s.web.state()
	h.Metrics.Scraped = s.served.LastScrape()
	h.History.Off = s.noHistory
	if s.store != nil {
		st := s.store.Stats()
		h.History.Err, h.History.Bytes = trouble(st), st.Bytes
		h.History.Appended, h.History.Dropped = st.Appended, st.Dropped
		h.History.MaxSpan, h.History.MaxBytes = st.Retention, st.MaxBytes
		if n := len(st.Notes); n > 0 && s.now().Sub(st.Notes[n-1].At) < noteFor {
			h.History.Note = st.Notes[n-1].Text
		}
		if !st.Oldest.IsZero() {
			h.History.Span = s.now().Sub(st.Oldest)
		}
	}
	return h
}

// trouble says in one line why readings wait rather than being stored, if they
// do.
func trouble(st history.Stats) string {
	why := st.Err
	if why == "" && st.Clock != "" {
		why = "clock not set"
	}
	if why == "" {
		return ""
	}
	switch st.Waiting {
	case 0:
	case 1:
		why += ": 1 reading waits"
	default:
		why += fmt.Sprintf(": %d readings wait", st.Waiting)
	}
	if st.Dropped > 0 {
		why += fmt.Sprintf(", %d lost", st.Dropped)
	}
	return why
}

// Packets are those that came last, newest first.
func (s *program) Packets() []feed.Packet { return s.recent.list() }

// Range is the history of one sensor. Without a store it knows the last 24 hours
// since the start, to five minutes.
func (s *program) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	if s.store != nil {
		return s.store.Range(ctx, sensor, from, to, step)
	}
	return bucketsOf(s.house.Day(sensor), from, to, step), nil
}

// bucketsOf sums up spans in buckets of the given step, as a store would.
func bucketsOf(spans []house.Span, from, to time.Time, step time.Duration) []history.Bucket {
	start := func(t time.Time) int64 { return t.UnixMilli() / step.Milliseconds() }
	first, last := start(from), start(to)
	out := make([]history.Bucket, max(0, last-first+1))
	for i := range out {
		out[i].Start = time.UnixMilli((first + int64(i)) * step.Milliseconds())
	}
	for _, s := range spans {
		i := start(s.Start) - first
		if i < 0 || i >= int64(len(out)) {
			continue
		}
		b := &out[i]
		if b.Count == 0 {
			b.Min, b.Max = s.Min, s.Max
		}
		b.Min, b.Max = min(b.Min, s.Min), max(b.Max, s.Max)
		b.Mean += (s.Mean - b.Mean) * float64(s.Count) / float64(b.Count+s.Count)
		b.Count += s.Count
	}
	return out
}
