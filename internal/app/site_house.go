package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"picotop/exporter/housepage"
	"picotop/feed"
	"picotop/history"
	"picotop/house"
)

// A siteHouse is one house of an engine that somebody looks at on its pages.
type siteHouse struct {
	*renewal
	site   *engineSite
	key    string
	pages  *housepage.Pages
	looked time.Time // the last time that somebody looked; guarded by the site's mu

	house atomic.Pointer[engineHouse] // nil until it was read
}

func (s *engineSite) newSiteHouse(key string) *siteHouse {
	h := &siteHouse{site: s, key: key}
	h.renewal = s.renewal(enginePoll, h.readNew)
	h.logger = s.logger.With("house", feed.Clean(key, feed.MaxNameRunes))
	h.pages = housepage.New(housepage.Config{
		State: h.currentState, Missing: func() []string { return s.missing(h.state()) },
		Past: h.past, Version: s.version, Metrics: s.metrics, Logger: s.logger,
	})
	return h
}

// errDropped ends the reading of a house at which nobody looks any more.
var errDropped = fmt.Errorf("nobody looks at it any more: %w", context.Canceled)

// readNew reads what is new, and at first the past.
func (h *siteHouse) readNew(ctx context.Context) error {
	if e := h.house.Load(); e != nil {
		ctx, cancel := context.WithTimeout(ctx, engineTimeout)
		defer cancel()
		return e.poll(ctx)
	}
	if !h.site.isOpen(h) {
		return errDropped
	}
	ctx, cancel := context.WithTimeout(ctx, restoreTimeout)
	defer cancel()
	e, err := openEngineHouse(ctx, h.site.client, h.key, h.site.rules, h.site.now)
	if err != nil {
		return err
	}
	h.house.Store(e)
	return nil
}

// currentState is the house as it was when it was read last.
func (h *siteHouse) currentState() house.State {
	if e := h.house.Load(); e != nil {
		return e.state()
	}
	return house.State{At: h.site.now()}
}

// past is the history of one sensor. The last day is known here; what is longer the
// engine is asked for, while it answers.
func (h *siteHouse) past(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]housepage.Bucket, error) {
	e, st := h.house.Load(), h.state()
	var list []history.Bucket
	switch {
	case e == nil:
		return nil, errBeingRead
	case to.Sub(from) <= restoreSpan:
		list = dayBuckets(e.house.Day(sensor), from, to, step)
	case st.err != nil:
		return nil, st.err
	default:
		var err error
		if list, err = e.ranged(ctx, sensor, from, to, step); err != nil {
			return nil, err
		}
	}
	return pageBuckets(list), nil
}
