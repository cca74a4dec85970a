package app

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/status"
)

// toldManager is a serviceManager at the given start, and what it sent.
func toldManager(started time.Time) (*serviceManager, *[]string) {
	var sent []string
	return &serviceManager{send: func(s string) { sent = append(sent, strings.Split(s, "\n")...) }, started: started}, &sent
}

func TestServiceManager(t *testing.T) {
	start := time.Date(2026, 1, 5, 21, 0, 0, 0, time.UTC)
	well := status.Status{Feed: feed.Health{
		Ports:      []feed.PortHealth{{Port: 9999, State: feed.Listening}},
		Interfaces: []feed.InterfaceHealth{{Name: "eth0", Joined: true}},
	}}
	full := well
	full.History.Err = "no space left on device: 3 readings wait"
	cold := house.State{
		At:         start,
		Sensors:    []house.Sensor{{Name: "Tank", DisplayName: "Tank", Valid: true, Celsius: 2, Limit: 3, Freezing: true}, {}},
		Conditions: []house.Condition{{Kind: house.Freezing, Pico: -1}},
	}
	tests := map[string]struct {
		status status.Status
		house  house.State
		stuck  string
		after  time.Duration // since the start
		want   []string
	}{
		"all is well": {well, house.State{}, "", time.Second, []string{"READY=1", "WATCHDOG=1", "STATUS=0 sensors, no warning"}},
		"a warning stands": {
			well, cold, "", time.Second,
			[]string{"READY=1", "WATCHDOG=1", "STATUS=2 sensors, 1 warning: Tank 2.0 °C, below 3.0"},
		},
		"a full disk, at first": {
			full,
			house.State{},
			"", time.Second,
			[]string{"WATCHDOG=1", "STATUS=the history is not open: no space left on device: 3 readings wait"},
		},
		"a full disk, when others wait for the start": {
			full,
			house.State{},
			"", serviceReadyWithin,
			[]string{"READY=1", "WATCHDOG=1", "STATUS=the history is not open: no space left on device: 3 readings wait"},
		},
		"a disk that does not answer": {
			well,
			house.State{},
			"the disk does not answer", time.Hour,
			[]string{"READY=1", "STATUS=the disk does not answer"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, sent := toldManager(start)
			st := serviceState{missing: tt.status.Missing(), well: houseStatus(tt.house), stuck: tt.stuck}
			m.tell(st, start.Add(tt.after))
			if !slices.Equal(*sent, tt.want) {
				t.Errorf("sent %q, want %q", *sent, tt.want)
			}
			*sent = nil
			m.tell(st, start.Add(tt.after))
			if tt.stuck == "" && !slices.Equal(*sent, []string{"WATCHDOG=1"}) {
				t.Errorf("sent %q when nothing was new, want a sign of life alone", *sent)
			}
			if tt.stuck != "" && len(*sent) > 0 {
				t.Errorf("sent %q while it was stuck", *sent)
			}
		})
	}
}

// A service tells a real socket when it is ready, and when it ends.
func TestServiceManagerSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "3000000")
	m := findServiceManager()
	if m == nil {
		t.Fatal("it was not found")
	}
	if got, want := m.interval(), time.Second; got != want {
		t.Errorf("a sign of life comes each %v, want %v", got, want)
	}
	m.send("READY=1\nSTATUS=2 sensors")
	buf := make([]byte, 100)
	socket.SetReadDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // a read would tell
	n, err := socket.Read(buf)
	if err != nil || string(buf[:n]) != "READY=1\nSTATUS=2 sensors" {
		t.Errorf("it got %q, %v", buf[:n], err)
	}
	t.Setenv("NOTIFY_SOCKET", "")
	if findServiceManager() != nil {
		t.Error("one was found that is not there")
	}
}
