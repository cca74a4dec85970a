package promapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gogo/protobuf/proto"
	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"
)

// maxRead is how long a request to read may be, before and after it is unpacked.
const maxRead = 64 << 10 // bytes

// read answers a Prometheus that reads what it has not got itself, by the protocol of
// its remote_read: https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/.
// Errors are plain text, as there. An answer that breaks off is not ended in order, so
// that nobody takes it for whole.
func (a *API) read(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "OPTIONS, POST")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), MaxTime)
	defer cancel()
	req, err := decodeRead(http.MaxBytesReader(w, r.Body, maxRead))
	if err != nil {
		a.refusePlain(w, &Error{BadData, err})
		return
	}
	out := &startedWriter{ResponseWriter: w}
	got, err := a.within(ctx, big, func(ctx context.Context, s size) (answer, error) {
		sets, err := a.matchersOf(req)
		if err != nil {
			return answer{}, &Error{BadData, err}
		}
		if streams(req) {
			out.Header().Set("Content-Type", "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse")
			err := a.readChunks(ctx, newSpool(out), req, sets)
			if err != nil && out.started { // a larger place would send the beginning again
				err = &Error{Execution, err}
			}
			return answer{}, err
		}
		data, err := a.readSamples(ctx, s, req, sets)
		return answer{data: data}, err
	})
	if data, ok := got.data.([]byte); ok && err == nil {
		out.Header().Set("Content-Type", "application/x-protobuf")
		out.Header().Set("Content-Encoding", "snappy")
		spool := newSpool(out)
		_, err = spool.Write(data)
		err = errors.Join(err, spool.flush())
	}
	got.release()
	got = answer{} // so that rest finds it gone
	a.rest()
	switch {
	case err == nil:
	case out.started:
		a.sent(err)
		panic(http.ErrAbortHandler)
	default:
		out.Header().Del("Content-Encoding")
		a.refusePlain(w, err)
	}
}

// A startedWriter knows whether anything of an answer was sent.
type startedWriter struct {
	http.ResponseWriter
	started bool
}

func (w *startedWriter) Write(p []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(p)
}

// Unwrap is for [http.ResponseController].
func (w *startedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// decodeRead unpacks a request.
func decodeRead(body io.Reader) (*prompb.ReadRequest, error) {
	packed, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	switch n, err := snappy.DecodedLen(packed); {
	case err != nil:
		return nil, err
	case n > maxRead:
		return nil, fmt.Errorf("longer than %d bytes", maxRead)
	}
	b, err := snappy.Decode(nil, packed)
	if err != nil {
		return nil, err
	}
	var req prompb.ReadRequest
	if err := proto.Unmarshal(b, &req); err != nil {
		return nil, err
	}
	if len(req.Queries) > maxSelectors {
		return nil, fmt.Errorf("more than %d selectors", maxSelectors)
	}
	return &req, nil
}

// streams reports whether the answer is to be a stream of chunks: the first form that is
// accepted and known is taken.
func streams(req *prompb.ReadRequest) bool {
	for _, t := range req.AcceptedResponseTypes {
		switch t {
		case prompb.ReadRequest_STREAMED_XOR_CHUNKS:
			return true
		case prompb.ReadRequest_SAMPLES:
			return false
		}
	}
	return false
}

// operators are the matchers of the protocol, as PromQL writes them.
var operators = map[prompb.LabelMatcher_Type]string{
	prompb.LabelMatcher_EQ: "=", prompb.LabelMatcher_NEQ: "!=", prompb.LabelMatcher_RE: "=~", prompb.LabelMatcher_NRE: "!~",
}

// matchersOf are those of each query. They are written as selectors and read again, so
// that the bounds of all selectors hold for them.
func (a *API) matchersOf(req *prompb.ReadRequest) ([][]*labels.Matcher, error) {
	var texts []string
	for _, q := range req.Queries {
		var parts []string
		for _, m := range q.GetMatchers() {
			op, ok := operators[m.GetType()]
			if !ok || m == nil {
				return nil, errors.New("invalid matcher type")
			}
			parts = append(parts, strconv.Quote(m.Name)+op+strconv.Quote(m.Value))
		}
		texts = append(texts, "{"+strings.Join(parts, ",")+"}")
	}
	var s scan
	if err := s.readSelectors(texts); err != nil {
		return nil, err
	}
	if err := s.regexps.measure(); err != nil {
		return nil, err
	}
	return a.parseSelectors(texts)
}

// eachRead does something with each series of each query, sorted by labels.
func (a *API) eachRead(ctx context.Context, req *prompb.ReadRequest, sets [][]*labels.Matcher, do func(query int, s storage.Series) error) error {
	for i, q := range req.Queries {
		err := func() error {
			querier, err := a.history.Querier(q.StartTimestampMs, q.EndTimestampMs)
			if err != nil {
				return err
			}
			defer querier.Close()
			hints := &storage.SelectHints{Start: q.StartTimestampMs, End: q.EndTimestampMs}
			set := querier.Select(ctx, true, hints, sets[i]...)
			for set.Next() {
				if err := errors.Join(ctx.Err(), do(i, set.At())); err != nil {
					return err
				}
			}
			return set.Err()
		}()
		if err != nil {
			return failed(err)
		}
	}
	return nil
}

// protoLabels are labels as the protocol has them.
func protoLabels(l labels.Labels) []prompb.Label { return slices.Clip(prompb.FromLabels(l, nil)) }
