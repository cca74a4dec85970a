package feed

import (
	"testing"
	"time"
)

// rejoins plays a feed that is heard until it stops, and returns when the
// group is joined anew, in seconds after the start.
func rejoins(start time.Time, heardUntil, length, interval time.Duration) []int {
	var s silence
	var tries []int
	const grain = defaultSilence / checksPerSilence
	for at := start.Truncate(grain).Add(grain); at.Sub(start) <= length; at = at.Add(grain) {
		heard := start.Add(min(heardUntil, at.Sub(start)))
		if s.due(at, at, heard, max(defaultSilence, 3*interval)) {
			tries = append(tries, int(at.Sub(start).Seconds()))
		}
	}
	return tries
}

func TestSilenceMakesItJoinAnew(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		offset, heardUntil, length, interval time.Duration
		want                                 []int
	}{
		"while packets come":     {heardUntil: time.Hour, length: time.Hour},
		"heard for a while":      {heardUntil: 50 * time.Second, length: 5 * time.Minute, want: []int{82, 120, 240}},
		"never heard at all":     {length: 40 * time.Minute, want: []int{30, 60, 120, 240, 480, 1200, 1800, 2400}},
		"started at odd seconds": {offset: 20 * time.Second, length: 5 * time.Minute, want: []int{32, 100, 220}},
		"slow sensors":           {length: 20 * time.Minute, interval: time.Minute, want: []int{180, 360, 1200}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := rejoins(start.Add(tt.offset), tt.heardUntil, tt.length, tt.interval)
			if len(got) != len(tt.want) {
				t.Fatalf("joined anew at %v s, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Fatalf("joined anew at %v s, want %v", got, tt.want)
				}
			}
		})
	}
}

// The law: two programs on one host that started at different moments leave
// the group at the same ones, or one of them alone would do nothing.
func TestTwoProgramsJoinAnewTogether(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for offset := range 30 {
		later := time.Duration(offset) * 7 * time.Second
		one, two := rejoins(start, 0, 2*time.Hour, 0), rejoins(start.Add(later), 0, 2*time.Hour-later, 0)
		moments := map[int]bool{}
		for _, s := range one {
			moments[s] = true
		}
		together := 0
		for _, s := range two {
			if moments[s+int(later.Seconds())] {
				together++
			}
		}
		if together < 5 {
			t.Errorf("started %v apart: together %d times of %d", later, together, len(two))
		}
	}
}
