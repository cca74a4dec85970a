package app

import (
	"net/netip"
	"testing"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
)

func TestWhatKeepsTheProgramFromWatching(t *testing.T) {
	start := time.Date(2026, time.January, 5, 21, 0, 0, 0, time.UTC)
	joined := []feed.InterfaceHealth{{Name: "eth0", Joined: true}}
	left := []feed.InterfaceHealth{{Name: "eth0", Why: "is down"}}
	listening := []feed.PortHealth{{Port: 9999, State: feed.Listening}, {Port: 11235, State: feed.Blocked}}
	blocked := []feed.PortHealth{{Port: 9999, State: feed.Blocked}}
	tests := map[string]struct {
		heard feed.Health
		store *history.Stats
		after time.Duration
		want  map[house.Kind]string
	}{
		"all is well":             {feed.Health{Ports: listening, Interfaces: joined}, &history.Stats{}, time.Hour, nil},
		"a cable is out, briefly": {feed.Health{Ports: listening, Interfaces: left}, nil, 59 * time.Second, nil},
		"a cable is out": {
			feed.Health{Group: netip.MustParseAddr("239.0.0.1"), Ports: listening, Interfaces: left},
			nil, time.Minute,
			map[house.Kind]string{house.NoPackets: "no network interface has joined group 239.0.0.1"},
		},
		"another program has the port": {
			feed.Health{Ports: blocked, Interfaces: joined}, nil, time.Minute, map[house.Kind]string{house.NoPackets: "port 9999 is blocked"},
		},
		"a full disk, briefly": {feed.Health{Ports: listening, Interfaces: joined}, &history.Stats{Err: "no space left", Since: start}, 10 * time.Second, nil},
		"a full disk": {
			feed.Health{Ports: listening, Interfaces: joined},
			&history.Stats{Err: "no space left", Since: start}, time.Minute,
			map[house.Kind]string{house.CannotStore: "no space left"},
		},
		"a clock that is wrong": {
			feed.Health{Ports: listening, Interfaces: joined},
			&history.Stats{Clock: "it says 1970"}, time.Second,
			map[house.Kind]string{house.ClockNotSet: "it says 1970"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := house.New(house.Config{})
			var told troubles
			told.tell(h, tt.heard, tt.store, start)
			told.tell(h, tt.heard, tt.store, start.Add(tt.after))
			got := h.State(start.Add(tt.after)).Conditions
			if len(got) != len(tt.want) {
				t.Errorf("%+v", got)
			}
			for _, c := range got {
				if c.Text != tt.want[c.Kind] {
					t.Errorf("%s: %q", c.Kind, c.Text)
				}
			}
			told.tell(h, feed.Health{Ports: listening, Interfaces: joined}, &history.Stats{}, start.Add(2*time.Hour))
			for _, c := range h.State(start.Add(tt.after)).Conditions {
				if c.Text != "" {
					t.Errorf("does not end: %+v", c)
				}
			}
		})
	}
}
