package promapi_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gogo/protobuf/proto"
	"github.com/golang/snappy"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"picotop/exporter/promapi"
	"picotop/internal/prometheustest"
)

var matchTemperature = &prompb.LabelMatcher{Type: prompb.LabelMatcher_EQ, Name: "__name__", Value: "temperature"}

// readRequest asks for an hour of what the matchers match, once for each list of them.
func readRequest(accepted []prompb.ReadRequest_ResponseType, sets ...[]*prompb.LabelMatcher) *prompb.ReadRequest {
	req := &prompb.ReadRequest{AcceptedResponseTypes: accepted}
	for _, set := range sets {
		req.Queries = append(req.Queries, &prompb.Query{
			StartTimestampMs: noon.Add(-time.Hour).UnixMilli(), EndTimestampMs: noon.UnixMilli(), Matchers: set,
		})
	}
	return req
}

func postRead(t *testing.T, h http.Handler, req *prompb.ReadRequest) *httptest.ResponseRecorder {
	t.Helper()
	b, err := proto.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/read", bytes.NewReader(snappy.Encode(nil, b))))
	return w
}

// found is what an answer holds: of each query and series the samples, and their sum.
type found map[string]string

func seriesName(query int, list []prompb.Label) string {
	name := fmt.Sprint(query)
	for _, l := range list {
		name += " " + l.Name + "=" + l.Value
	}
	return name
}

func samplesIn(t *testing.T, w *httptest.ResponseRecorder) found {
	t.Helper()
	b, err := snappy.Decode(nil, w.Body.Bytes())
	if err != nil || w.Code != 200 || w.Header().Get("Content-Encoding") != "snappy" {
		t.Fatal(w.Code, err, w.Body)
	}
	var resp prompb.ReadResponse
	if err := proto.Unmarshal(b, &resp); err != nil {
		t.Fatal(err)
	}
	all := found{}
	for i, r := range resp.Results {
		for _, ts := range r.Timeseries {
			sum := 0.0
			for _, s := range ts.Samples {
				sum += s.Value
			}
			all[seriesName(i, ts.Labels)] = fmt.Sprintf("%d samples, %v", len(ts.Samples), sum)
		}
	}
	return all
}

func chunksIn(t *testing.T, w *httptest.ResponseRecorder) found {
	t.Helper()
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse" {
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	count, sum := map[string]int{}, map[string]float64{}
	for w.Body.Len() > 0 {
		n, err := binary.ReadUvarint(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		check := binary.BigEndian.Uint32(w.Body.Next(4))
		b := w.Body.Next(int(n))
		if crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) != check {
			t.Fatal("the checksum is wrong")
		}
		var resp prompb.ChunkedReadResponse
		if err := proto.Unmarshal(b, &resp); err != nil {
			t.Fatal(err)
		}
		for _, s := range resp.ChunkedSeries {
			name := seriesName(int(resp.QueryIndex), s.Labels)
			for _, c := range s.Chunks {
				x, err := chunkenc.FromData(chunkenc.EncXOR, c.Data)
				if err != nil {
					t.Fatal(err)
				}
				for it := x.Iterator(nil); it.Next() == chunkenc.ValFloat; {
					at, v := it.At()
					if at < c.MinTimeMs || at > c.MaxTimeMs {
						t.Errorf("%s: %d is not from %d to %d", name, at, c.MinTimeMs, c.MaxTimeMs)
					}
					count[name]++
					sum[name] += v
				}
			}
		}
	}
	all := found{}
	for name := range count {
		all[name] = fmt.Sprintf("%d samples, %v", count[name], sum[name])
	}
	return all
}

func TestRead(t *testing.T) {
	h := newAPI(t)
	const (
		tank = " __name__=temperature friendly_name=Cold Tank sensor=28ff01 sensor_name=ColdTank"
		loft = " __name__=temperature friendly_name=<Loft> sensor=28ff02 sensor_name=<Loft>"
		shed = " __name__=temperature friendly_name=Shed sensor=28ff03 sensor_name=Shed"
	)
	one := &prompb.LabelMatcher{Type: prompb.LabelMatcher_RE, Name: "sensor", Value: ".*(1|3)"}
	not := &prompb.LabelMatcher{Type: prompb.LabelMatcher_NEQ, Name: "sensor_name", Value: "\"Shed\\\n"}
	none := &prompb.LabelMatcher{Type: prompb.LabelMatcher_NRE, Name: "sensor", Value: "28.*"}
	for name, c := range map[string]struct {
		sets [][]*prompb.LabelMatcher
		want found
	}{
		"by name":       {[][]*prompb.LabelMatcher{{matchTemperature, not}}, found{"0" + tank: "241 samples, 753.125", "0" + loft: "240 samples, -15", "0" + shed: "120 samples, 10200"}},
		"two at once":   {[][]*prompb.LabelMatcher{{matchTemperature, none}, {matchTemperature, one}}, found{"1" + tank: "241 samples, 753.125", "1" + shed: "120 samples, 10200"}},
		"nothing found": {[][]*prompb.LabelMatcher{{matchTemperature, none}}, found{}},
		"nothing asked": {nil, found{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, samplesIn(t, postRead(t, h, readRequest(nil, c.sets...)))); diff != "" {
				t.Errorf("samples:\n%s", diff)
			}
			stream := []prompb.ReadRequest_ResponseType{99, prompb.ReadRequest_STREAMED_XOR_CHUNKS, prompb.ReadRequest_SAMPLES}
			if diff := cmp.Diff(c.want, chunksIn(t, postRead(t, h, readRequest(stream, c.sets...)))); diff != "" {
				t.Errorf("chunks:\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	h := newAPI(t)
	packed := func(req *prompb.ReadRequest) []byte {
		b, err := proto.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		return snappy.Encode(nil, b)
	}
	matcher := func(kind prompb.LabelMatcher_Type, name, value string) []byte {
		return packed(readRequest(nil, []*prompb.LabelMatcher{{Type: kind, Name: name, Value: value}}))
	}
	many := make([][]*prompb.LabelMatcher, 101)
	for i := range many {
		many[i] = []*prompb.LabelMatcher{matchTemperature}
	}
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"no snappy":               {[]byte("{}"), "snappy"},
		"nothing":                 {nil, "snappy"},
		"no protobuf":             {snappy.Encode(nil, []byte("\xff\xff\xff")), "unexpected EOF"},
		"a bomb":                  {snappy.Encode(nil, make([]byte, 1<<20)), "longer than 65536 bytes"},
		"far too long":            {make([]byte, 1<<20), "too large"},
		"too many queries":        {packed(readRequest(nil, many...)), "more than 100 selectors"},
		"an odd matcher":          {matcher(17, "a", "b"), "invalid matcher type"},
		"everything":              {matcher(prompb.LabelMatcher_RE, "a", ".*"), "non-empty matcher"},
		"no matcher":              {packed(readRequest(nil, nil)), "non-empty matcher"},
		"a long value":            {matcher(prompb.LabelMatcher_EQ, "a", strings.Repeat("x", 20_000)), "longer than 16384 bytes"},
		"a mistaken expression":   {matcher(prompb.LabelMatcher_RE, "a", "("), "missing closing )"},
		"a monstrous expression":  {matcher(prompb.LabelMatcher_RE, "a", strings.Repeat("(x{1,30}){1,30}", 50)), "regular expression"},
		"what looks like PromQL ": {matcher(prompb.LabelMatcher_EQ, "a\"=\"b\",__name__", ""), "non-empty matcher"},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/read", bytes.NewReader(c.body)))
			if w.Code != 400 || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestReadIsPosted(t *testing.T) {
	if w := get(newAPI(t), "read"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "OPTIONS, POST" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// A failing history fails after so many queries.
type failing struct {
	promapi.History
	left int
	err  error
}

func (f *failing) Querier(mint, maxt int64) (storage.Querier, error) {
	if f.left--; f.left < 0 {
		return nil, f.err
	}
	return f.History.Querier(mint, maxt)
}

// TestReadBreaksOff holds that half of an answer cannot be taken for a whole one.
func TestReadBreaksOff(t *testing.T) {
	sets := make([][]*prompb.LabelMatcher, 100)
	for i := range sets {
		sets[i] = []*prompb.LabelMatcher{matchTemperature}
	}
	stream := []prompb.ReadRequest_ResponseType{prompb.ReadRequest_STREAMED_XOR_CHUNKS}
	for name, c := range map[string]struct {
		after  int
		err    error
		aborts bool
	}{
		"before anything was sent":    {0, errors.New("the disk is gone"), false},
		"in the middle":               {95, errors.New("the disk is gone"), true},
		"in the middle, as it closes": {95, context.Canceled, true},
	} {
		t.Run(name, func(t *testing.T) {
			history := &failing{house(t).Queryable(), c.after, c.err}
			h := promapi.New(promapi.Config{History: history, Now: func() time.Time { return noon }})
			defer func() {
				if r := recover(); (r != nil) != c.aborts || c.aborts && r != http.ErrAbortHandler {
					t.Errorf("%v", r)
				}
				if c.aborts && history.left != -1 {
					t.Errorf("it was asked %d times more, to send the beginning again", -1-history.left)
				}
			}()
			if w := postRead(t, h, readRequest(stream, sets...)); w.Code != 422 || !strings.Contains(w.Body.String(), "the disk is gone") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

// The law: any body is answered or refused, and the program goes on.
func FuzzRead(f *testing.F) {
	h := newAPI(f)
	b, err := proto.Marshal(readRequest(nil, []*prompb.LabelMatcher{matchTemperature}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/read", bytes.NewReader(snappy.Encode(nil, b))))
		if w.Code == 500 || w.Body.Len() == 0 && w.Header().Get("Content-Type") == "" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// TestPrometheusReads has a real Prometheus, which has nothing of its own, answer as
// picotop does.
func TestPrometheusReads(t *testing.T) { prometheustest.Each(t, testPrometheusReads) }

func testPrometheusReads(t *testing.T, m prometheustest.Major) {
	m.Need(t)
	server := serve(t)
	dir := t.TempDir()
	config := "remote_read:\n- url: " + server.URL + "/api/v1/read\n  read_recent: true\n"
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	prometheus := m.Start(t, dir)
	ask := func(base, question string) (answer any) {
		resp, err := http.Get(base + "/api/v1/" + question)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	at := fmt.Sprintf("&time=%d", noon.Unix())
	// Both ends of a window belong to it in Prometheus 2, and one in 3, so no sample is there.
	for _, q := range []string{
		"temperature", "count_over_time(temperature[3595s])", `avg by (sensor) (avg_over_time(temperature{sensor=~"28ff0[12]"}[1795s]))`,
		"temperature_last_seen_timestamp", "absent(temperature{sensor=\"none\"})",
	} {
		question := "query?query=" + url.QueryEscape("sort("+q+")") + at
		own, other := ask(server.URL, question), ask(prometheus, question)
		if diff := cmp.Diff(own, other); diff != "" || !strings.Contains(fmt.Sprint(own), "value:") {
			t.Errorf("%s: %v\nPrometheus differs:\n%s", q, own, diff)
		}
	}
}
