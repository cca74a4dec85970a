package promapi

import (
	"context"

	"github.com/gogo/protobuf/proto"
	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

const (
	// readBytes is what a sample takes while an answer is made that is no stream: twice
	// as it is, for lists grow by doubling, then written, and then packed.
	readBytes = 96
	// readSeriesBytes is the same for a series without its samples.
	readSeriesBytes = 2048
	// checkEvery is after how many samples of one series the time is looked at.
	checkEvery = 4096
)

// readSamples is the whole answer, packed. It is for clients that know no stream, and is
// bounded by what a place of this size may hold.
func (a *API) readSamples(ctx context.Context, s size, req *prompb.ReadRequest, sets [][]*labels.Matcher) ([]byte, error) {
	resp := &prompb.ReadResponse{Results: make([]*prompb.QueryResult, len(req.Queries))}
	for i := range resp.Results {
		resp.Results[i] = &prompb.QueryResult{}
	}
	left := s.memory()
	var it chunkenc.Iterator
	err := a.eachRead(ctx, req, sets, func(query int, series storage.Series) error {
		ts := &prompb.TimeSeries{Labels: protoLabels(series.Labels())}
		left -= readSeriesBytes
		it = series.Iterator(it)
		for it.Next() == chunkenc.ValFloat { // all are
			if left -= readBytes; left < 0 {
				return promql.ErrTooManySamples("remote read")
			}
			at, value := it.At()
			ts.Samples = append(ts.Samples, prompb.Sample{Timestamp: at, Value: value})
			if len(ts.Samples)%checkEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if left < 0 {
			return promql.ErrTooManySamples("remote read")
		}
		resp.Results[query].Timeseries = append(resp.Results[query].Timeseries, ts)
		return it.Err()
	})
	if err != nil {
		return nil, err
	}
	b, err := proto.Marshal(resp)
	if err != nil {
		return nil, failed(err)
	}
	return snappy.Encode(nil, b), nil
}
