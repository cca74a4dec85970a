package exporter

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func BenchmarkGather(b *testing.B) {
	for _, n := range []int{20, 400} {
		b.Run(fmt.Sprintf("%d sensors", n), func(b *testing.B) {
			all := &collector{source: manySensors(n), program: prometheus.NewRegistry()}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := all.Gather(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkScrape is the whole way, with the Go and process metrics and the
// text.
func BenchmarkScrape(b *testing.B) {
	for _, n := range []int{20, 400} {
		b.Run(fmt.Sprintf("%d sensors", n), func(b *testing.B) {
			handler := New(Config{Source: manySensors(n)}).Handler()
			r := httptest.NewRequest("GET", "/metrics", nil)
			b.ReportAllocs()
			for b.Loop() {
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}

func manySensors(n int) *fake {
	f := winter()
	some := f.state.Sensors
	f.state.Sensors = nil
	for i := range n {
		s := some[i%len(some)]
		s.ID = fmt.Sprintf("28ff%012x", i)
		s.SensorName = fmt.Sprintf("%s%d", s.SensorName, i)
		s.FriendlyName = fmt.Sprintf("%s %d", s.FriendlyName, i)
		f.state.Sensors = append(f.state.Sensors, s)
	}
	return f
}
