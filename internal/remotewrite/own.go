package remotewrite

import (
	"context"
	"maps"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"

	"picotop/internal/status"
)

// sendOwn sends the program's own figures, if it is time. They are not kept, so what is
// not taken is gone. A target that is behind gets none: it might refuse what is older than
// its newest sample.
func (t *target) sendOwn(ctx context.Context) error {
	opts := t.sender.opts
	if opts.Own == nil {
		return nil
	}
	now := opts.Now()
	if _, ok := opts.Source.Streams(); !ok || now.Sub(t.ownAt).Abs() < ownEvery {
		return nil
	}
	t.ownAt = now
	b := batch{}
	for _, f := range opts.Own() {
		l := maps.Clone(f.Labels)
		if l == nil {
			l = map[string]string{}
		}
		l[metricName] = f.Name
		b.series = append(b.series, prompb.TimeSeries{
			Labels:  t.labels(labels.FromMap(l), ""),
			Samples: []prompb.Sample{{Timestamp: now.UnixMilli(), Value: f.Value}},
		})
	}
	a := t.attempt(ctx, b)
	switch n := uint64(b.samples()); a.outcome {
	case taken:
		t.count(func(st *status.RemoteWrite) { st.Sent += n })
	case refused:
		t.count(func(st *status.RemoteWrite) { st.Refused += n })
		t.refusedLog(int(n), a.err)
	case unknownProtocol: // the next batch finds that out, too
	case again:
		t.count(func(st *status.RemoteWrite) { st.Failed++ })
		return a.err
	}
	return nil
}
