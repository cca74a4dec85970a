package exporter

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"
)

// firstExporter serves what the exporter that came before this one serves of n
// sensors, by the same library.
const firstExporter = `
import sys, time
from prometheus_client import Gauge, start_http_server
labels = ['friendly_name', 'sensor_name']
value = Gauge('temperature', 'Temperatures', labels)
seen = Gauge('temperature_last_seen_timestamp', 'Temperatures Last Seen Timestamp', labels)
for i in range(int(sys.argv[1])):
    value.labels('Cold Water Tank %d' % i, 'ColdWaterTank%d' % i).set(i / 16)
    seen.labels('Cold Water Tank %d' % i, 'ColdWaterTank%d' % i).set(time.time())
start_http_server(int(sys.argv[2]), '127.0.0.1')
sys.stdin.read()
`

// BenchmarkBesideTheFirstExporter scrapes both in turn. Its result is how many
// microseconds each takes in the median, and how many times as long ours takes.
// Use -benchtime=200x.
func BenchmarkBesideTheFirstExporter(b *testing.B) {
	python := pythonWithPrometheus(b)
	for _, n := range []int{20, 400} {
		theirs := startFirstExporter(b, python, n)
		ours := httptest.NewServer(New(Config{Source: manySensors(n)}).Handler())
		defer ours.Close()
		for _, encoding := range []string{"identity", "gzip"} {
			b.Run(fmt.Sprintf("%d sensors/%s", n, encoding), func(b *testing.B) {
				var took [2][]float64
				for b.Loop() {
					for i, url := range []string{ours.URL + "/metrics", theirs} {
						start := time.Now()
						scrapeOverHTTP(b, url, encoding)
						took[i] = append(took[i], float64(time.Since(start).Microseconds()))
					}
				}
				us, them := median(took[0]), median(took[1])
				b.ReportMetric(us, "ours-µs")
				b.ReportMetric(them, "first-µs")
				b.ReportMetric(us/them, "times-as-long")
				b.ReportMetric(0, "ns/op") // the sum of both tells nothing
			})
		}
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func scrapeOverHTTP(b *testing.B, url, encoding string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.Copy(io.Discard, answer.Body); err != nil || n < 500 {
		b.Fatalf("%d bytes from %s: %v", n, url, err)
	}
}

// startFirstExporter returns the URL of a first exporter, which ends with the benchmark.
func startFirstExporter(b *testing.B, python string, sensors int) string {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	_ = ln.Close()
	server := exec.Command(python, "-c", firstExporter, strconv.Itoa(sensors), strconv.Itoa(port))
	untilClosed, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = untilClosed.Close()
		_ = server.Wait()
	})
	url := fmt.Sprintf("http://127.0.0.1:%d/metrics", port)
	for range 100 {
		if answer, err := http.Get(url); err == nil {
			_ = answer.Body.Close()
			return url
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatal("the first exporter does not answer")
	return ""
}
