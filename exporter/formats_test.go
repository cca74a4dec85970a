package exporter

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// formats are what a scraper can ask for, each with what the python library
// calls it; empty if it does not read that.
var formats = map[string]struct{ accept, python string }{
	"by default":                 {"", "prometheus_client.parser"},
	"text 0.0.4":                 {"text/plain; version=0.0.4", "prometheus_client.parser"},
	"text 1.0.0":                 {"text/plain; version=1.0.0; escaping=allow-utf-8", "prometheus_client.parser"},
	"OpenMetrics 0.0.1":          {"application/openmetrics-text; version=0.0.1", "prometheus_client.openmetrics.parser"},
	"OpenMetrics 1.0.0":          {"application/openmetrics-text; version=1.0.0", "prometheus_client.openmetrics.parser"},
	"OpenMetrics without":        {"application/openmetrics-text", "prometheus_client.openmetrics.parser"},
	"protobuf":                   {"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", ""},
	"as Prometheus 2.42 asks":    {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "prometheus_client.openmetrics.parser"},
	"as vmagent and Telegraf do": {"text/plain;version=0.0.4;q=1,*/*;q=0.1", "prometheus_client.parser"},
}

var (
	encodings = []string{"", "gzip", "zstd", "zstd, gzip;q=0.5", "identity"}
	// wanted are some of the names on each page, of every collector.
	wanted = []string{
		"temperature", "picotop_temperature_celsius", "picotop_datagrams_total",
		"go_memstats_alloc_bytes", "go_memstats_alloc_bytes_total", "process_start_time_seconds",
	}
)

// TestGoParser has every format but OpenMetrics, which it does not read, read by
// the library that Go programs scrape with, packed and not.
func TestGoParser(t *testing.T) {
	handler := New(Config{Source: winter(), Version: "1.2.3"}).Handler()
	for name, f := range formats {
		for _, encoding := range encodings {
			t.Run(name+" "+encoding, func(t *testing.T) {
				kind, page := ask(t, handler, f.accept, encoding)
				if strings.Contains(kind, "openmetrics") {
					if !bytes.HasSuffix(page, []byte("\n# EOF\n")) {
						t.Errorf("the page does not end in # EOF:\n%s", page)
					}
					return
				}
				names := decoded(t, kind, page)
				for _, want := range wanted {
					if names[want] == 0 {
						t.Errorf("%s is not on the page", want)
					}
				}
			})
		}
	}
}

// TestPythonParser has the library read that Python programs scrape with.
func TestPythonParser(t *testing.T) {
	python := pythonWithPrometheus(t)
	handler := New(Config{Source: winter(), Version: "1.2.3"}).Handler()
	for name, f := range formats {
		if f.python == "" {
			continue
		}
		_, page := ask(t, handler, f.accept, "")
		read := exec.Command(python, "-c", `
import sys
from `+f.python+` import text_string_to_metric_families
print(sum(len(f.samples) for f in text_string_to_metric_families(sys.stdin.read())))`)
		read.Stdin = bytes.NewReader(page)
		out, err := read.CombinedOutput()
		if err != nil || len(out) < 4 { // some hundred samples
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}

// pythonWithPrometheus is a Python that has the library, and else skips the test.
func pythonWithPrometheus(t testing.TB) string {
	t.Helper()
	for _, program := range []string{"python3", "/usr/bin/python3"} { // the second is Debian's own
		if exec.Command(program, "-c", "import prometheus_client").Run() == nil {
			return program
		}
	}
	t.Skip("no prometheus_client for python3 here; it is in Debian's package python3-prometheus-client")
	return ""
}

// ask scrapes, and unpacks the page.
func ask(t *testing.T, handler http.Handler, accept, encoding string) (kind string, page []byte) {
	t.Helper()
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.Header.Set("Accept", accept)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	body := io.Reader(w.Body)
	switch got := w.Header().Get("Content-Encoding"); got {
	case "gzip":
		zip, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = zip
	case "":
		if strings.Contains(encoding, "gzip") {
			t.Error("not packed")
		}
	default:
		t.Fatalf("packed as %s, asked for %s", got, encoding)
	}
	page, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Header().Get("Content-Type"), page
}

// decoded reads a page as Go programs do, and counts the metrics of each name.
func decoded(t *testing.T, kind string, page []byte) map[string]int {
	t.Helper()
	decoder := expfmt.NewDecoder(bytes.NewReader(page), expfmt.Format(kind))
	names := map[string]int{}
	for {
		var f dto.MetricFamily
		err := decoder.Decode(&f)
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
		names[f.GetName()] += len(f.GetMetric())
	}
}
