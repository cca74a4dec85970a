package housepage

import (
	"context"
	"sync"
	"time"

	"picotop/house"
)

const (
	// chartFor is how long a chart is good for.
	chartFor = time.Minute
	// chartsTimeout is how long a page waits for its charts. Who comes then has none,
	// and finds them when the page is read again.
	chartsTimeout = 2 * time.Second
)

// A chartCache keeps what was drawn. It reads one sensor's past at a time.
type chartCache struct {
	past Past // nil if there is none

	mu   sync.Mutex // held while reading and drawing
	kept map[chartKey]keptChart
}

// A chartKey is all that a chart depends on but the past.
type chartKey struct {
	id    string
	span  *span
	limit float64
	has   bool
}

type keptChart struct {
	chart
	at time.Time
}

// get returns the chart of a sensor, without one if there is no past, or no time.
func (c *chartCache) get(ctx context.Context, s house.Sensor, span *span, now time.Time) chart {
	if c.past == nil {
		return chart{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := chartKey{s.ID, span, s.Limit, s.HasLimit}
	kept, ok := c.kept[key]
	if !ok || now.Sub(kept.at).Abs() >= chartFor {
		buckets, err := c.past(ctx, s.ID, now.Add(-span.length), now, span.step)
		if err != nil {
			return chart{}
		}
		kept = keptChart{drawChart(s, span, buckets, now), now}
		if c.kept == nil {
			c.kept = map[chartKey]keptChart{}
		}
		c.kept[key] = kept
	}
	low, high, some := extremes(kept.buckets)
	kept.Alt = altText(s, span, low, high, some) // with the value of now
	return kept.chart
}

// forget drops what is no longer good.
func (c *chartCache) forget(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, kept := range c.kept {
		if now.Sub(kept.at).Abs() >= chartFor {
			delete(c.kept, key)
		}
	}
}
