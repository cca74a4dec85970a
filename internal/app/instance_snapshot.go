package app

import (
	"context"
	"time"

	"picotop/exporter/housepage"
	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/status"
)

// noteFor is how long the screen tells of something that happened to the
// history.
const noteFor = 24 * time.Hour

// The exporter, other picotops and, through attach, the screen read an instance by
// the methods below.

// State is the house as it is now.
func (i *instance) State() house.State { return i.house.State(i.now()) }

// Status is how the program fares.
func (i *instance) Status() status.Status {
	h := status.Status{Feed: i.listener.Health(), Demo: i.Demo, Config: i.config.status(), Notify: i.notifier.Stats(), MQTT: i.assistant.Stats(), RemoteWrite: i.remoteWrite.Stats()}
	h.Metrics.Addr, h.Metrics.Err = i.http.get()
	h.Metrics.Scraped = i.exporter.LastScrape()
	h.History.Off = i.NoHistory
	if i.store != nil {
		st := i.store.Stats()
		h.History.Err, h.History.Bytes = st.Trouble(), st.Bytes
		h.History.Full = st.Full
		h.History.Appended, h.History.Dropped = st.Appended, st.Dropped
		h.History.MaxSpan, h.History.MaxBytes = st.Retention, st.MaxBytes
		if n := len(st.Notes); n > 0 && i.now().Sub(st.Notes[n-1].At) < noteFor {
			h.History.Note = st.Notes[n-1].Text
		}
		if !st.Oldest.IsZero() {
			h.History.Span = i.now().Sub(st.Oldest)
		}
	}
	return h
}

// Packets are those that came last, newest first.
func (i *instance) Packets() []feed.Packet { return i.recent.list() }

// Decide takes what the owner decided, and keeps it.
func (i *instance) Decide(d house.Decision) error {
	d.At = i.now()
	if err := i.house.Decide(d); err != nil {
		return err
	}
	i.logger.Info("the owner decided", "action", string(d.Action), "sensor", d.Sensor, "pico", d.Pico, "kind", string(d.Kind))
	i.saveHouse()
	return nil
}

// Range is the history of one sensor. Without a store it knows the last 24 hours
// since the start, to five minutes.
func (i *instance) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	if i.store != nil {
		return i.store.Range(ctx, sensor, from, to, step)
	}
	return dayBuckets(i.house.Day(sensor), from, to, step), nil
}

// past is the same for the exporter's pages.
func (i *instance) past(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]housepage.Bucket, error) {
	list, err := i.Range(ctx, sensor, from, to, step)
	return pageBuckets(list), err
}

// pageBuckets are buckets as the pages take them.
func pageBuckets(list []history.Bucket) []housepage.Bucket {
	buckets := make([]housepage.Bucket, len(list))
	for n, b := range list {
		buckets[n] = housepage.Bucket(b)
	}
	return buckets
}
