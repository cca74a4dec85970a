package capture

import (
	"bytes"
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/feed"
)

// sampleRecording is a recording of five datagrams, one to another port, over a clock
// that is set in between.
func sampleRecording(tb testing.TB) []byte {
	tb.Helper()
	other := netip.MustParseAddrPort("239.0.0.1:5353")
	return record(tb,
		feed.Datagram{From: from, To: to, Interface: 3, Heard: heard, Payload: []byte("a")},
		feed.Datagram{From: from, To: other, Interface: 3, Heard: heard.Add(time.Second), Payload: []byte("b")},
		feed.Datagram{From: from, To: to, Interface: 3, Heard: heard.Add(10 * time.Second), Payload: []byte("c")},
		feed.Datagram{From: from, To: to, Interface: 3, Heard: heard.Add(9 * time.Second), Payload: []byte("d")},
		feed.Datagram{From: from, To: to, Interface: 3, Heard: heard.AddDate(1, 0, 0), Payload: []byte("e")},
		feed.Datagram{From: from, To: to, Interface: 3, Heard: heard.AddDate(1, 0, 0).Add(5 * time.Second), Payload: []byte("f")},
	)
}

func open(tb testing.TB, b []byte) *Reader {
	tb.Helper()
	r, err := NewReader(bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestScanTellsWhatThereIsToPlay(t *testing.T) {
	got, err := Scan(context.Background(), open(t, sampleRecording(t)), []uint16{11235})
	if err != nil {
		t.Fatal(err)
	}
	want := Summary{
		Datagrams: 5, Length: 15 * time.Second, Sources: []netip.Addr{from.Addr()},
		Elsewhere: map[uint16]int{5353: 1}, Skipped: map[Skip]int{},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error("summary (-want +got):\n" + diff)
	}
}

func TestPlayKeepsTime(t *testing.T) {
	tests := map[string]struct {
		speed     float64
		perSecond int
		want      []time.Duration
	}{
		"as recorded":     {1, 1000, []time.Duration{0, 10 * time.Second, 10 * time.Second, 10 * time.Second, 15 * time.Second}},
		"ten times":       {10, 1000, []time.Duration{0, time.Second, time.Second, time.Second, 1500 * time.Millisecond}},
		"half as fast":    {0.5, 1000, []time.Duration{0, 20 * time.Second, 20 * time.Second, 20 * time.Second, 30 * time.Second}},
		"as fast as may":  {0, 4, []time.Duration{0, 250 * time.Millisecond, 500 * time.Millisecond, 750 * time.Millisecond, time.Second}},
		"faster than may": {1e6, 4, []time.Duration{0, 250 * time.Millisecond, 500 * time.Millisecond, 750 * time.Millisecond, time.Second}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var got, at []time.Duration
				payloads := ""
				_, err := Play(context.Background(), open(t, sampleRecording(t)), PlayConfig{
					Ports: []uint16{11235}, Speed: tt.speed, PerSecond: tt.perSecond,
					Each: func(d feed.Datagram, when time.Duration) error {
						got, at = append(got, time.Since(began).Round(time.Millisecond)), append(at, when)
						payloads += string(d.Payload)
						return nil
					},
				})
				if err != nil || payloads != "acdef" {
					t.Errorf("played %q, %v", payloads, err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error("played at (-want +got):\n" + diff)
				}
				if diff := cmp.Diff([]time.Duration{0, 10 * time.Second, 10 * time.Second, 10 * time.Second, 15 * time.Second}, at); diff != "" {
					t.Error("time in the recording (-want +got):\n" + diff)
				}
			})
		})
	}
}

func TestPlayEndsWhenItIsToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		n := 0
		_, err := Play(ctx, open(t, sampleRecording(t)), PlayConfig{
			Ports: []uint16{11235}, Speed: 1, PerSecond: 10,
			Each: func(feed.Datagram, time.Duration) error { n++; return nil },
		})
		if err != nil || n != 1 {
			t.Errorf("played %d, %v", n, err)
		}
	})
}
