package history

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// year is a year of 20 sensors before noon, in blocks of 20 days, written
// without the way through the queue. With a reading each five minutes instead
// of each ten seconds it is made in seconds; what is read of the hours is the
// same.
func year(b *testing.B) *Store {
	b.Helper()
	if testing.Short() {
		b.Skip("a year takes some seconds to make up")
	}
	s := open(b, b.TempDir())
	const block, every = 20 * 24 * hour, 5 * 60 * 1000
	end := noon.UnixMilli() / hour * hour
	var sensors []*series
	for i := range 20 {
		sensors = append(sensors, newSeries(sample(fmt.Sprintf("28ff%012d", i), noon, 0)))
	}
	for from := end - 365*24*hour; from < end; from += block {
		r := timeRange{from, min(from+block, end)}
		w, err := newBlockBuilder(b.TempDir(), r.To-r.From, s.libraryLogger())
		if err != nil {
			b.Fatal(err)
		}
		var points []point
		for at := r.From; at < r.To; at += every {
			for i, ser := range sensors {
				day := math.Sin(float64(at) / float64(24*hour) * 2 * math.Pi)
				points = append(points, point{ser, at, math.Round((10+float64(i)+5*day)*16) / 16})
			}
		}
		if err := w.append(b.Context(), points); err != nil {
			b.Fatal(err)
		}
		if _, err := w.write(b.Context(), s.dir); err != nil {
			b.Fatal(err)
		}
		if err := w.close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return open(b, s.dir)
}

func BenchmarkYear(b *testing.B) {
	s := year(b)
	read := func(sensors int) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				for i := range sensors {
					list, err := s.Range(b.Context(), fmt.Sprintf("28ff%012d", i), noon.Add(-365*24*time.Hour), noon, 24*time.Hour)
					if err != nil || len(list) != 366 || list[100].Count != 24 {
						b.Fatal(len(list), err)
					}
				}
			}
		}
	}
	b.Run("one sensor, not recorded", read(1))
	began := time.Now()
	for range 2 {
		if err := s.rollUp(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := s.db.Compact(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.rollUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Logf("recording a year took %v", time.Since(began))
	b.Run("one sensor", read(1))
	b.Run("twenty sensors", read(20))
}
