package house

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// A day of 20 sensors, each 15 seconds, as it is told at the start.
func BenchmarkRecallDay(b *testing.B) {
	pico := loft.Addr()
	var day []Reading
	for at := start.Add(-24 * time.Hour); at.Before(start); at = at.Add(15 * time.Second) {
		for i := range 20 {
			swing := math.Sin(float64(at.Unix())/3600 + float64(i))
			day = append(day, Reading{
				Sensor: fmt.Sprintf("28ff%012d", i), SensorName: "ColdTank", FriendlyName: "Cold Tank",
				At: at.Add(time.Duration(i) * time.Millisecond), Celsius: math.Round(16*(12+4*swing)) / 16,
			})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		h := New(Config{Rules: Rules{Limit: DefaultLimit}})
		for _, r := range day {
			h.Recall(r, pico)
		}
		h.Resume(start)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(day)), "ns/reading")
}
