package promapi

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	jsoniter "github.com/json-iterator/go"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/annotations"
	"github.com/prometheus/prometheus/util/jsonutil"
)

// flushAt bounds what is held of an answer's text: the samples are in memory
// already, and their text is twice as large.
const flushAt = 64 << 10

// maxNotes is how many warnings and infos an answer has, of each.
const maxNotes = 10

// notes are the warnings and infos of an answer to a query.
type notes struct {
	list  annotations.Annotations
	query string
}

func (n *notes) add(err error) { n.list.Add(err) }

// send writes an answer, and gives up its place as soon as the rest of its text
// is short. An error means that nobody is listening any more.
func (a *API) send(w http.ResponseWriter, r *http.Request, got answer) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	out := newSpool(w)
	err := func() error {
		defer got.release()
		if !acceptsGzip(r) {
			return encode(out, got)
		}
		h.Set("Content-Encoding", "gzip")
		zip, _ := gzip.NewWriterLevel(out, gzip.BestSpeed) // a level that exists
		return errors.Join(encode(zip, got), zip.Close())
	}()
	a.sent(errors.Join(err, out.flush()))
}

// refuse writes an error. Its cause is the client's, unless it is internal.
func (a *API) refuse(w http.ResponseWriter, err error) {
	e := a.errorOf(err)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(e.status())
	s := jsoniter.NewStream(jsoniter.ConfigCompatibleWithStandardLibrary, w, 512)
	s.WriteVal(struct {
		Status string `json:"status"`
		Kind   Kind   `json:"errorType"`
		Err    string `json:"error"`
	}{"error", e.Kind, e.Error()})
	a.sent(s.Flush())
}

// errorOf is the error that a client is told. What is our fault goes to the log
// as well.
func (a *API) errorOf(err error) *Error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{Internal, err}
	}
	if e.Kind == Internal {
		a.logger.Error("answering a query", "err", e.Err)
	}
	return e
}

func (a *API) sent(err error) {
	if err != nil {
		a.logger.Debug("sending the answer to a query", "err", err)
	}
}

func acceptsGzip(r *http.Request) bool {
	for _, list := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(list, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
			if name == "gzip" && strings.ReplaceAll(weight, " ", "") != "q=0" {
				return true
			}
		}
	}
	return false
}

// encode writes an answer, byte for byte as Prometheus does.
func encode(w io.Writer, got answer) error {
	s := jsoniter.NewStream(jsoniter.ConfigCompatibleWithStandardLibrary, w, flushAt)
	s.WriteRaw(`{"status":"success","data":`)
	encodeData(s, got.data)
	warnings, infos := got.notes.list.AsStrings(got.notes.query, maxNotes, maxNotes)
	for _, n := range []struct {
		name string
		list []string
	}{{"warnings", warnings}, {"infos", infos}} {
		if len(n.list) > 0 {
			slices.Sort(n.list) // they come in no order
			s.WriteRaw(`,"` + n.name + `":`)
			s.WriteVal(n.list)
		}
	}
	s.WriteRaw(`}`)
	return s.Flush()
}

func encodeData(s *jsoniter.Stream, data any) {
	switch d := data.(type) {
	case queryData:
		s.WriteRaw(`{"resultType":"` + string(d.result.Type()) + `","result":`)
		encodeValue(s, d.result)
		if d.stats != nil {
			s.WriteRaw(`,"stats":`)
			s.WriteVal(d.stats)
		}
		s.WriteRaw(`}`)
	case []labels.Labels:
		encodeList(s, d, encodeLabels)
	default:
		s.WriteVal(d)
	}
}

func encodeValue(s *jsoniter.Stream, v parser.Value) {
	switch v := v.(type) {
	case promql.Vector:
		encodeList(s, v, encodeSample)
	case promql.Matrix:
		encodeList(s, v, encodeSeries)
	default:
		s.WriteVal(v)
	}
}

// encodeList writes a list, and sends it on when enough has come together. It
// ends when nobody is listening any more: a stream keeps what it could not send,
// so that all of a large answer would come together in it.
func encodeList[T any](s *jsoniter.Stream, list []T, encode func(*jsoniter.Stream, T)) {
	s.WriteArrayStart()
	for i, item := range list {
		if s.Error != nil {
			return
		}
		if i > 0 {
			s.WriteMore()
		}
		encode(s, item)
		if s.Buffered() > flushAt {
			_ = s.Flush() // told by the last one
		}
	}
	s.WriteArrayEnd()
}

func encodeLabels(s *jsoniter.Stream, l labels.Labels) {
	s.WriteObjectStart()
	more := false
	l.Range(func(l labels.Label) {
		if more {
			s.WriteMore()
		}
		more = true
		s.WriteString(l.Name)
		s.WriteRaw(`:`)
		s.WriteString(l.Value)
	})
	s.WriteObjectEnd()
}

func encodeSample(s *jsoniter.Stream, v promql.Sample) {
	s.WriteRaw(`{"metric":`)
	encodeLabels(s, v.Metric)
	if v.H == nil {
		s.WriteRaw(`,"value":`)
		encodePoint(s, promql.FPoint{T: v.T, F: v.F})
	} else {
		s.WriteRaw(`,"histogram":`)
		encodeHistogram(s, promql.HPoint{T: v.T, H: v.H})
	}
	s.WriteObjectEnd()
}

func encodeSeries(s *jsoniter.Stream, v promql.Series) {
	s.WriteRaw(`{"metric":`)
	encodeLabels(s, v.Metric)
	if len(v.Floats) > 0 {
		s.WriteRaw(`,"values":`)
		encodeList(s, v.Floats, encodePoint)
	}
	if len(v.Histograms) > 0 {
		s.WriteRaw(`,"histograms":`)
		encodeList(s, v.Histograms, encodeHistogram)
	}
	s.WriteObjectEnd()
}

func encodePoint(s *jsoniter.Stream, p promql.FPoint) {
	s.WriteArrayStart()
	jsonutil.MarshalTimestamp(p.T, s)
	s.WriteMore()
	jsonutil.MarshalFloat(p.F, s)
	s.WriteArrayEnd()
}

func encodeHistogram(s *jsoniter.Stream, p promql.HPoint) {
	s.WriteArrayStart()
	jsonutil.MarshalTimestamp(p.T, s)
	s.WriteMore()
	jsonutil.MarshalHistogram(p.H, s)
	s.WriteArrayEnd()
}
