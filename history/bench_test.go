package history

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// yesterday is a day of 20 sensors before noon, each 15 seconds.
func yesterday(b *testing.B) *Store {
	b.Helper()
	s := open(b, b.TempDir())
	month(b, s, 1)
	return s
}

func month(b *testing.B, s *Store, days int) {
	b.Helper()
	for at, n := noon.Add(-time.Duration(days)*24*time.Hour), 0; at.Before(noon); at, n = at.Add(15*time.Second), n+1 {
		for i := range 20 {
			s.Append(Sample{
				Sensor: fmt.Sprintf("28ff%012d", i), SensorName: "ColdTank", FriendlyName: "Cold Tank",
				At: at.Add(time.Duration(i) * time.Millisecond), Celsius: 20 + float64((n*(i+7))%160)/16,
			})
		}
		if n%480 == 0 {
			s.save()
			if err := s.db.Compact(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
	s.save()
}

func BenchmarkAppend(b *testing.B) {
	s := open(b, b.TempDir())
	var list []Sample
	for i := range 500 {
		list = append(list, sample(fmt.Sprintf("28ff%012d", i), noon, 4))
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		p := list[n%len(list)]
		p.At = noon.Add(time.Duration(n/len(list)) * time.Second)
		s.Append(p)
		if n%batchSize == 0 {
			s.save()
		}
	}
	if st := s.Stats(); st.Dropped > 0 {
		b.Errorf("%d dropped", st.Dropped)
	}
}

// A flood from one sensor stops at the queue.
func BenchmarkAppendRefused(b *testing.B) {
	s := open(b, b.TempDir())
	p := sample("28ff000000000001", noon, 4)
	b.ReportAllocs()
	for b.Loop() {
		s.Append(p)
	}
}

func BenchmarkRangeDay(b *testing.B) {
	s := yesterday(b)
	b.ReportAllocs()
	for b.Loop() {
		list, err := s.Range(context.Background(), "28ff000000000007", noon.Add(-24*time.Hour), noon, 5*time.Minute)
		if err != nil || len(list) != 289 || list[0].Count != 20 {
			b.Fatal(list[0], len(list), err)
		}
	}
}

func BenchmarkReplayDay(b *testing.B) {
	s := yesterday(b)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := s.Replay(context.Background(), noon.Add(-24*time.Hour), func(Sample) { n++ })
		if err != nil || n != 20*5760 {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkMonth(b *testing.B) {
	s := open(b, b.TempDir())
	month(b, s, 31)
	b.Run("Range", func(b *testing.B) {
		for b.Loop() {
			list, err := s.Range(context.Background(), "28ff000000000007", noon.Add(-30*24*time.Hour), noon, time.Hour)
			if err != nil || list[0].Count != 1 { // hour, and none is recorded
				b.Fatal(list[0], err)
			}
		}
	})
	b.Run("Last", func(b *testing.B) {
		for b.Loop() {
			list, err := s.Last(context.Background(), noon.Add(-30*24*time.Hour))
			if err != nil || len(list) != 20 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("Stats", func(b *testing.B) {
		for b.Loop() {
			s.Stats()
		}
	})
}
