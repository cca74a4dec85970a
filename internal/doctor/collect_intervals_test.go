package doctor

import (
	"net/netip"
	"testing"
	"time"

	"picotop/feed"
)

var began = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time {
	return began.Add(time.Duration(seconds * float64(time.Second)))
}

func temperature(sensor string, seconds float64) feed.Packet {
	return feed.Packet{Sensor: sensor, Name: sensor, From: netip.AddrPortFrom(pico, 1), Port: testPort, Heard: at(seconds)}
}

// replay hands packets to an observer, and asks it every tenth of a second in
// between whether to rejoin, until the given second.
func replay(o *observer, packets []feed.Packet, until float64) {
	for i := 0; ; i++ {
		now := at(float64(i) / 10)
		if now.After(at(until)) {
			return
		}
		for len(packets) > 0 && !packets[0].Heard.After(now) {
			o.addPacket(packets[0])
			packets = packets[1:]
		}
		o.startRejoin(now, 30*time.Second)
	}
}

// every is the packets of sensors that send at equal times, but for a gap.
func every(seconds, gapFrom, gapTo, until float64, sensors ...string) []feed.Packet {
	var all []feed.Packet
	for s := 1.0; s < until; s += seconds {
		for i, sensor := range sensors {
			if s < gapFrom || s >= gapTo {
				all = append(all, temperature(sensor, s+float64(i)/1000))
			}
		}
	}
	return all
}

// at2 is the packets of a Pico of two sensors that sends at these seconds.
func at2(seconds ...float64) []feed.Packet {
	var all []feed.Packet
	for _, s := range seconds {
		all = append(all, temperature("a", s), temperature("b", s+0.001))
	}
	return all
}

func TestStartRejoin(t *testing.T) {
	tests := map[string]struct {
		packets   []feed.Packet
		rejoins   int
		effective int
	}{
		"nothing comes":                       {nil, 1, 0},
		"a slow sensor":                       {every(10, 0, 0, 30, "a"), 0, 0},
		"a very slow one":                     {every(20, 0, 0, 30, "a"), 1, 0},
		"several slow ones of one Pico":       {every(10, 0, 0, 30, "a", "b", "c"), 0, 0},
		"it stops":                            {every(1, 8, 99, 30, "a", "b"), 1, 0},
		"it stops, and comes when told":       {every(1, 8, 11, 30, "a", "b"), 1, 1},
		"it stops, and comes long after":      {every(1, 8, 24, 30, "a", "b"), 1, 0},
		"it comes only when told":             {every(2, 0, 16, 30, "a"), 1, 1},
		"a slow one begins when told":         {every(10, 0, 15.5, 30, "a", "b"), 1, 0},
		"it comes once, and when told":        {append(every(60, 0, 0, 30, "a", "b"), every(2, 0, 16.5, 30, "a", "b")...), 1, 1},
		"it comes each time that it is told":  {at2(16, 20.5), 2, 1},
		"a very slow one comes when told":     {at2(16), 2, 0},
		"it stops twice, and comes when told": {append(every(1, 8, 11, 20, "a"), every(1, 0, 23.5, 30, "a")...), 2, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := newObserver(group, began)
			replay(o, tt.packets, 30)
			got := o.result(at(30))
			if len(got.rejoins) != tt.rejoins || len(got.effectiveRejoins()) != tt.effective {
				t.Errorf("rejoined %d times, of which %d brought packets: %+v", len(got.rejoins), len(got.effectiveRejoins()), got.rejoins)
			}
		})
	}
}
