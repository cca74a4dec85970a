package remotewrite

import (
	"strings"

	writev2 "github.com/prometheus/client_golang/exp/api/remote/genproto/v2"
	"github.com/prometheus/prometheus/prompb"
)

// requestV1 is a batch in version 1.0.
func requestV1(b batch) *prompb.WriteRequest { return &prompb.WriteRequest{Timeseries: b.series} }

// requestV2 is a batch in version 2.0.
func requestV2(b batch) *writev2.Request {
	symbols := writev2.NewSymbolTable()
	req := &writev2.Request{}
	for _, s := range b.series {
		one := &writev2.TimeSeries{Metadata: &writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_GAUGE}}
		for _, l := range s.Labels {
			if l.Name == metricName && strings.HasSuffix(l.Value, "_total") {
				one.Metadata.Type = writev2.Metadata_METRIC_TYPE_COUNTER
			}
			one.LabelsRefs = append(one.LabelsRefs, symbols.Symbolize(l.Name), symbols.Symbolize(l.Value))
		}
		for _, p := range s.Samples {
			one.Samples = append(one.Samples, &writev2.Sample{Value: p.Value, Timestamp: p.Timestamp})
		}
		req.Timeseries = append(req.Timeseries, one)
	}
	req.Symbols = symbols.Symbols()
	return req
}
