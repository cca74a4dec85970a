package promapi_test

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

func TestFederate(t *testing.T) {
	h := newAPI(t)
	const (
		loft = `temperature{friendly_name="<Loft>",sensor="28ff02",sensor_name="<Loft>",instance=""} -0.0625 1768478385250` + "\n"
		tank = `temperature{friendly_name="Cold Tank",sensor="28ff01",sensor_name="ColdTank",instance=""} 5 1768478400000` + "\n"
		head = "# TYPE temperature untyped\n"
	)
	tests := map[string]struct {
		query  string
		status int
		want   string
	}{
		"one metric, without what is silent": {"match[]=temperature", 200, head + loft + tank},
		"no series twice":                    {"match[]=temperature&match[]={sensor=%2228ff01%22,__name__=%22temperature%22}", 200, head + loft + tank},
		"by an expression":                   {"match[]={__name__=~%22temp.*ure%22,sensor=~%22.*1%22}", 200, head + tank},
		"nothing asked":                      {"", 200, ""},
		"nothing found":                      {"match[]=up", 200, ""},
		"a mistake":                          {"match[]=%7B", 400, "1:2: parse error: unexpected end of input inside braces\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", "/federate?"+tt.query, nil))
			if w.Code != tt.status || w.Body.String() != tt.want {
				t.Errorf("%d\n%s\nwant %d\n%s", w.Code, w.Body, tt.status, tt.want)
			}
			if kind := w.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
				t.Error(kind)
			}
		})
	}
}

// TestFederateFormats has each format that there is read by the library that
// reads it elsewhere.
func TestFederateFormats(t *testing.T) {
	h := newAPI(t)
	for _, accept := range []string{
		"", "text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
	} {
		r := httptest.NewRequest("GET", "/federate?match[]={__name__=~%22temperature.*%22}", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		decoder := expfmt.NewDecoder(bytes.NewReader(w.Body.Bytes()), expfmt.Format(w.Header().Get("Content-Type")))
		samples := map[string]int{}
		for {
			var f dto.MetricFamily
			err := decoder.Decode(&f)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", accept, err)
			}
			for _, m := range f.Metric {
				if m.TimestampMs == nil || m.Untyped == nil {
					t.Errorf("%s: %v", accept, m)
				}
				samples[f.GetName()]++
			}
		}
		if samples["temperature"] != 2 || samples["temperature_last_seen_timestamp"] != 3 {
			t.Errorf("%s: %v", accept, samples)
		}
	}
}
