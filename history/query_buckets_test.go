package history

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNewBuckets(t *testing.T) {
	at := func(text string) time.Time {
		tm, err := time.Parse("2006-01-02T15:04:05.999", text)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	tests := map[string]struct {
		from, to time.Time
		step     time.Duration
		first    time.Time
		n        int
		error    string
	}{
		"whole": {
			from: at("2026-01-15T12:00:00"), to: at("2026-01-15T12:59:59.999"), step: 10 * time.Minute,
			first: at("2026-01-15T12:00:00"), n: 6,
		},
		"the end begins another": {
			from: at("2026-01-15T12:00:00"), to: at("2026-01-15T13:00:00"), step: 10 * time.Minute,
			first: at("2026-01-15T12:00:00"), n: 7,
		},
		"the first holds from": {
			from: at("2026-01-15T12:09:59.999"), to: at("2026-01-15T12:10:00"), step: 10 * time.Minute,
			first: at("2026-01-15T12:00:00"), n: 2,
		},
		"one moment": {
			from: at("2026-01-15T12:34:56"), to: at("2026-01-15T12:34:56"), step: time.Hour,
			first: at("2026-01-15T12:00:00"), n: 1,
		},
		"before 1970": {
			from: at("1969-12-31T23:59:59"), to: at("1970-01-01T00:00:00"), step: time.Hour,
			first: at("1969-12-31T23:00:00"), n: 2,
		},
		"as many as there may be": {
			from: at("2026-01-15T12:00:00"), to: at("2026-01-15T12:00:04.999"), step: time.Millisecond,
			first: at("2026-01-15T12:00:00"), n: 5000,
		},
		"one too many": {
			from: at("2026-01-15T12:00:00"), to: at("2026-01-15T12:00:05"), step: time.Millisecond,
			error: "more than 5000 buckets of 1ms between 2026-01-15 12:00:00 +0000 UTC and 2026-01-15 12:00:05 +0000 UTC",
		},
		"all of time": {
			from: time.UnixMilli(math.MinInt64), to: time.UnixMilli(math.MaxInt64).UTC(), step: time.Millisecond,
			error: "more than 5000 buckets of 1ms between " + time.UnixMilli(math.MinInt64).String() +
				" and " + time.UnixMilli(math.MaxInt64).UTC().String(),
		},
		"backwards": {
			from: at("2026-01-15T12:00:00"), to: at("2026-01-15T11:00:00"), step: time.Minute,
			error: "a range that ends 1h0m0s before it begins",
		},
		"no step":            {step: 0, error: "a step of 0s: not a positive number of milliseconds"},
		"a step backwards":   {step: -time.Hour, error: "a step of -1h0m0s: not a positive number of milliseconds"},
		"half a millisecond": {step: 1500 * time.Microsecond, error: "a step of 1.5ms: not a positive number of milliseconds"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := newBuckets(tt.from, tt.to, tt.step)
			if tt.error != "" {
				if err == nil || err.Error() != tt.error {
					t.Errorf("error\n got %v\nwant %s", err, tt.error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			list := b.result()
			if len(list) != tt.n || !list[0].Start.Equal(tt.first) {
				t.Errorf("%d buckets from %v, want %d from %v", len(list), list[0].Start, tt.n, tt.first)
			}
			if got := b.to(); got < tt.to.UnixMilli() {
				t.Errorf("they end at %d, before %d", got, tt.to.UnixMilli())
			}
		})
	}
}

// FuzzBuckets compares with a sum over every point for every bucket.
func FuzzBuckets(f *testing.F) {
	f.Add(int64(1768478400000), uint16(1000), uint8(10), []byte("points: four bytes each"))
	f.Add(int64(-5), uint16(3), uint8(3), []byte{0, 1, 255, 255, 0, 2, 0, 0})
	f.Add(int64(0), uint16(0), uint8(0), []byte{0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, from int64, step uint16, n uint8, raw []byte) {
		from %= 1 << 42
		ms := int64(step) + 1
		b, err := newBuckets(time.UnixMilli(from), time.UnixMilli(from+int64(n)*ms), time.Duration(ms)*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		type point struct {
			at      int64
			celsius float64
		}
		var points []point
		for ; len(raw) >= 4; raw = raw[4:] {
			at := b.from + int64(binary.BigEndian.Uint16(raw))%(int64(n)+1)*ms + int64(raw[1])%ms
			points = append(points, point{at, float64(int16(binary.BigEndian.Uint16(raw[2:]))) / 10})
		}
		for _, p := range points {
			b.add(p.at, p.celsius)
		}

		got := b.result()
		if len(got) != int(n)+1 {
			t.Fatalf("%d buckets, want %d", len(got), int(n)+1)
		}
		for i, k := range got {
			start := b.from + int64(i)*ms
			want := Bucket{Start: time.UnixMilli(start)}
			sum := 0.0
			for _, p := range points {
				if p.at < start || p.at >= start+ms {
					continue
				}
				if want.Count == 0 {
					want.Min, want.Max = p.celsius, p.celsius
				}
				want.Count++
				want.Min, want.Max = math.Min(want.Min, p.celsius), math.Max(want.Max, p.celsius)
				sum += p.celsius
			}
			if want.Count > 0 {
				want.Mean = k.Mean
				if math.Abs(k.Mean-sum/float64(want.Count)) > 1e-9 || k.Mean < k.Min || k.Mean > k.Max {
					t.Errorf("mean of bucket %d is %v, want about %v", i, k.Mean, sum/float64(want.Count))
				}
			}
			if d := cmp.Diff(k, want); d != "" {
				t.Errorf("bucket %d (-got +want):\n%s", i, d)
			}
		}
		if got[0].Start.UnixMilli() > from || from >= got[0].Start.UnixMilli()+ms || floorDiv(got[0].Start.UnixMilli(), ms)*ms != got[0].Start.UnixMilli() {
			t.Errorf("the first bucket starts at %d for %d and a step of %d", got[0].Start.UnixMilli(), from, ms)
		}
	})
}
