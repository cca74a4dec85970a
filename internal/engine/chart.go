package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"golang.org/x/sync/errgroup"

	"picotop/history"
)

const (
	// rawSpan is how long a chart may be to be made of each reading, as a history makes it.
	// What is longer is summed up by the engine.
	rawSpan = 14 * 24 * time.Hour
	// rawPart is how much of it is read at once, and rawLate how long a reading may take to
	// become a sample.
	rawPart = 26 * time.Hour
	rawLate = time.Minute
	// rawTime is how long reading several parts may take. Who is slower than that, such as
	// an old Pi, gets sums.
	rawTime = 4 * time.Second
	// sumsAtOnce is how many sums of one chart are asked for at the same time.
	sumsAtOnce = 3
)

// A Sensor is one of a house, by what it is known by there.
type Sensor struct {
	House string
	ID    string // ROM code, or the name where no code is told
	Name  string // its label sensor_name
}

// selectors select what is told of a sensor: by its code, and by its name from a program
// that knows no codes.
func (c *Client) selectors(s Sensor) [][]*labels.Matcher {
	byName := []*labels.Matcher{equals(sensorLabel, ""), equals(sensorNameLabel, s.Name)}
	if s.ID == s.Name {
		return [][]*labels.Matcher{byName}
	}
	return [][]*labels.Matcher{{equals(sensorLabel, s.ID)}, byName}
}

// Range returns the history of one sensor as buckets of the given step, gaps included,
// as [history.Store] does. A time in which only an old temperature was repeated is a gap.
func (c *Client) Range(ctx context.Context, s Sensor, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	buckets, err := history.NewBuckets(from, to, step)
	if err != nil {
		return nil, err
	}
	from, to = buckets.Span()
	span := to.Sub(from)
	if span > rawSpan {
		return c.sums(ctx, s, from, to, step)
	}
	reading, cancel := ctx, func() {}
	if span > rawPart {
		reading, cancel = context.WithTimeout(ctx, c.rawTime)
	}
	defer cancel()
	err = c.addReadings(reading, s, from, to, buckets)
	if span > rawPart && ctx.Err() == nil && tooMuch(err) {
		return c.sums(ctx, s, from, to, step)
	}
	if err != nil {
		return nil, err
	}
	return buckets.Result(), nil
}

// tooMuch reports whether there are more readings than can be read in time, or at once.
func tooMuch(err error) bool {
	_, much := errors.AsType[*TooMuchError](err)
	return much || errors.Is(err, context.DeadlineExceeded)
}

// addReadings adds the readings of one sensor in [from, to], each once, in bounded parts.
func (c *Client) addReadings(ctx context.Context, s Sensor, from, to time.Time, buckets history.Buckets) error {
	var last time.Time
	for start := from; !start.After(to); start = start.Add(rawPart) {
		window := min(rawPart, to.Sub(start)+rawLate)
		// A window is without its first moment.
		list, err := c.sensorReadings(ctx, s, start.Add(window-time.Millisecond), window)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.At.After(last) { // the sample before may have told it
				last = r.At
				buckets.Add(r.At, r.Celsius)
			}
		}
	}
	return nil
}

// sensorReadings returns the readings of one sensor in (end-window, end].
func (c *Client) sensorReadings(ctx context.Context, s Sensor, end time.Time, window time.Duration) ([]Reading, error) {
	var all model.Matrix
	for _, match := range c.selectors(s) {
		list, err := c.raw(ctx, c.selector(&s.House, append(match, anyReading)...), end, window)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return readingsOf(all), nil
}

// sums has the engine sum up the readings. An engine's windows end with their time, so
// they are asked for at the last millisecond of each bucket.
//
// The mean is that of the samples, since an engine does not know which of them repeat a
// reading: one that stood for longer weighs more, and most of all the last one before a
// silence. For the same reason the number of readings may be one less in each bucket.
func (c *Client) sums(ctx context.Context, s Sensor, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	out := make([]history.Bucket, (to.Sub(from)+time.Millisecond)/step)
	for i := range out {
		out[i].Start = from.Add(time.Duration(i) * step)
	}
	var lows, highs, means, samples, packets, last []float64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(sumsAtOnce)
	for _, q := range []struct {
		into           *[]float64
		over, function string
		metrics        []string
	}{
		{&lows, "min", "min_over_time", []string{picotopTemperature, temperature}},
		{&highs, "max", "max_over_time", []string{picotopTemperature, temperature}},
		{&means, "avg", "avg_over_time", []string{picotopTemperature, temperature}},
		{&samples, "max", "count_over_time", []string{picotopTemperature, temperature}},
		{&packets, "max", "changes", []string{picotopSeen, seen}},
		{&last, "max", "max_over_time", []string{picotopSeen, seen}},
	} {
		g.Go(func() (err error) {
			query := q.over + "(" + c.overTime(s, q.function, step, q.metrics) + ")"
			*q.into, err = c.column(ctx, query, from, step, len(out))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i := range out {
		b := &out[i]
		n := samples[i]
		if last[i] > noValue { // else nobody told when it was heard
			if last[i] < float64(b.Start.UnixMilli())/1000 {
				continue // nothing but what is repeated
			}
			n = max(packets[i], 1)
		}
		if samples[i] <= 0 {
			continue
		}
		b.Count, b.Min, b.Max = int(min(n, 1e9)), lows[i], highs[i]
		b.Mean = min(max(means[i], b.Min), b.Max)
	}
	return out, nil
}

// overTime is a query for a function over each step of all that is told of a sensor.
func (c *Client) overTime(s Sensor, function string, step time.Duration, metrics []string) string {
	var all []string
	for _, match := range c.selectors(s) {
		selector := c.selector(&s.House, match...)
		for _, metric := range metrics {
			all = append(all, fmt.Sprintf("%s(%s%s[%s])", function, metric, selector, format(step)))
		}
	}
	return strings.Join(all, " or ")
}

// column asks for one value for each bucket; -1000 where there is none.
func (c *Client) column(ctx context.Context, query string, from time.Time, step time.Duration, n int) ([]float64, error) {
	first := from.Add(step - time.Millisecond)
	list, err := c.stepped(ctx, query, v1.Range{Start: first, End: first.Add(time.Duration(n-1) * step), Step: step})
	if err != nil {
		return nil, err
	}
	column := make([]float64, n)
	for i := range column {
		column[i] = noValue
	}
	if len(list) == 0 {
		return column, nil
	}
	for _, s := range list[0].Values {
		i := int(s.Timestamp.Time().Sub(from) / step)
		if v := float64(s.Value); i >= 0 && i < n && v > noValue && v < 1e12 {
			column[i] = v
		}
	}
	return column, nil
}

// noValue is colder than anything.
const noValue = -1000
