package feed

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheTapSeesWhatIsRefusedToo(t *testing.T) {
	port := freePort(t)
	var (
		mu  sync.Mutex // guards got
		got []string
	)
	l := New(Config{
		Group: group, Ports: []uint16{port}, Interfaces: []string{"lo"},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		Tap: func(d Datagram) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, string(d.Payload))
			if d.To != netip.AddrPortFrom(group, port) || !d.From.IsValid() || d.Interface == 0 || d.Heard.IsZero() {
				t.Errorf("tapped %+v", d)
			}
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	out := make(chan Packet, 4)
	go func() { done <- l.Run(ctx, out) }()
	eventually(t, "the port to listen", func() bool { return l.Health().Ready() })
	sent := []string{`nan`, ``, `{"sensor":"28ff02","temperature":4}`}
	send := sender(t, port)
	for _, payload := range sent {
		send([]byte(payload))
	}
	<-out
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error("tapped (-want +got):\n" + diff)
	}
}

func TestAPlayerJudgesAsAListenerDoes(t *testing.T) {
	heard := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	from := netip.MustParseAddrPort("192.0.2.7:50123")
	const good = `{"sensor":"28ff02","temperature":4}`
	play := func(to string, iface int, after time.Duration, payload string) Datagram {
		return Datagram{
			From: from, To: netip.MustParseAddrPort(to), Interface: iface,
			Heard: heard.Add(after), Payload: []byte(payload),
		}
	}
	p := NewPlayer(Config{
		Group: group, Ports: []uint16{11235, 9999},
		Now: func() time.Time { return heard }, Logger: slog.New(slog.DiscardHandler),
	})
	var got []Packet
	for _, d := range []Datagram{
		play("239.0.0.1:11235", 1, 0, good),
		play("239.0.0.1:11235", 2, time.Millisecond, good), // a copy
		play("239.0.0.1:9999", 1, time.Second, `{"type":"status","name":"Loft","status":"API 200 OK"}`),
		play("239.0.0.1:9999", 1, 2*time.Second, `nan`),
		play("192.0.2.1:9999", 1, 3*time.Second, good),
		play("239.0.0.1:53", 1, 4*time.Second, good),
	} {
		p.Play(d, func(k Packet) { got = append(got, k) })
	}
	want := []Packet{
		{Kind: Temperature, Sensor: "28ff02", Name: "28ff02", Celsius: 4, From: from, Port: 11235, Heard: heard},
		{Kind: Status, Name: "Loft", Text: "API 200 OK", From: from, Port: 9999, Heard: heard.Add(time.Second)},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Error("played (-want +got):\n" + diff)
	}
	h := p.Health()
	refused := map[Reason]uint64{}
	for _, r := range h.Refused {
		if r.Count > 0 {
			refused[r.Reason] = r.Count
		}
	}
	if diff := cmp.Diff(map[Reason]uint64{NotJSON: 1, NotOurGroup: 1}, refused); diff != "" {
		t.Error("refused (-want +got):\n" + diff)
	}
	if h.Datagrams() != 5 || h.Ports[0].Copies != 1 || h.Ports[1].State != Listening {
		t.Errorf("health %+v", h)
	}
}
