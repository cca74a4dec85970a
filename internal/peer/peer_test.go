package peer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/goldentest"
	"picotop/internal/status"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	loft = netip.MustParseAddrPort("192.0.2.10:1024")
)

// someHouse is a house in which something of everything happened.
func someHouse() House {
	h := house.New(house.Config{Rules: house.Rules{Limit: 3}})
	hear := func(at time.Time, p feed.Packet) {
		p.From, p.Heard = loft, at
		h.Apply(p)
	}
	for i := range 10 {
		hear(noon.Add(time.Duration(i)*15*time.Second), feed.Packet{Sensor: "28ff001122334450", Name: "ColdWaterTank", Celsius: 3.5 - float64(i)/8, Offset: -0.25})
	}
	hear(noon.Add(3*time.Minute), feed.Packet{Sensor: "28ff001122334451", Name: "Loft", Celsius: 85})
	hear(noon.Add(3*time.Minute), feed.Packet{Kind: feed.Status, Name: "LoftPico", Text: "API 200 OK"})
	heard := feed.Health{
		Group: netip.MustParseAddr("239.0.0.1"), Since: noon,
		Ports:       []feed.PortHealth{{Port: 11235, State: feed.Listening, Datagrams: 12}, {Port: 9999, State: feed.Blocked, Why: "held by another program"}},
		Interfaces:  []feed.InterfaceHealth{{Name: "eth0", Addr: netip.MustParseAddr("192.0.2.1"), Joined: true}, {Name: "tun0", Why: "cannot hear multicast"}},
		Refused:     []feed.Refusals{{Reason: feed.NotJSON, Count: 1}},
		LastRefused: feed.Refusal{From: loft, Reason: feed.NotJSON, At: noon},
		LastHeard:   noon.Add(3 * time.Minute),
	}
	out := Of(h.State(noon.Add(5*time.Minute)), status.Status{
		Feed: heard, Metrics: status.Metrics{Addr: ":8000", Scraped: noon},
		History: status.History{Span: 41 * 24 * time.Hour, Bytes: 5 << 20, MaxSpan: 5 * 365 * 24 * time.Hour, MaxBytes: 1 << 30},
		Config:  status.Config{File: "/etc/picotop/config.toml", Err: "/etc/picotop/config.toml:3: unknown key \"limti\"", LoadedAt: noon},
	})
	out.Program, out.PID = "v1.0.0", 4711
	out.Packets = []Packet{PacketOf(feed.Packet{
		Sensor: "28ff001122334450", Name: "ColdWaterTank", Celsius: 2.375, Offset: -0.25,
		From: loft, Port: 11235, Heard: noon.Add(135 * time.Second),
	})}
	return out
}

var same = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

func TestWhatGoesInComesOut(t *testing.T) {
	in := someHouse()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out House
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if err := out.Check(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in.State(), out.State(), same); diff != "" {
		t.Errorf("state (-in +out):\n%s", diff)
	}
	if diff := cmp.Diff(in.Status(), out.Status(), same); diff != "" {
		t.Errorf("status (-in +out):\n%s", diff)
	}
}

// The example in the documentation is a real one.
func TestTheExampleInTheDocumentation(t *testing.T) {
	const name = "../../docs/house.json"
	text, err := json.MarshalIndent(someHouse(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	goldentest.Compare(t, name, text)
}

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		spoil func(h *House)
		bad   bool
	}{
		"as it should be":                    {spoil: func(*House) {}},
		"another program":                    {spoil: func(h *House) { h.API = "grafana" }, bad: true},
		"a later version":                    {spoil: func(h *House) { h.Version = 2 }, bad: true},
		"too many sensors":                   {spoil: func(h *House) { h.Sensors = make([]Sensor, 513) }, bad: true},
		"a condition of no sensor":           {spoil: func(h *House) { h.Conditions = []Condition{{Sensor: 99, Pico: -1}} }, bad: true},
		"a condition of nothing":             {spoil: func(h *House) { h.Conditions = []Condition{{Sensor: -1, Pico: -1}} }, bad: true},
		"a condition of a negative sensor":   {spoil: func(h *House) { h.Conditions = []Condition{{Sensor: -2, Pico: -1}} }, bad: true},
		"a condition of a sensor and a Pico": {spoil: func(h *House) { h.Conditions = []Condition{{Sensor: 0, Pico: 0}} }, bad: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := someHouse()
			tt.spoil(&h)
			if err := h.Check(); (err != nil) != tt.bad {
				t.Errorf("Check: %v", err)
			}
		})
	}
}

// The law: whatever is read and passes the check holds no control character
// and can be turned into a state.
func FuzzCheck(f *testing.F) {
	text, err := json.Marshal(someHouse())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"api":"picotop","version":1,"sensors":[{"name":"\u001b[2J"}],"events":[{"text":"\u202e","kind":"\u0007"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h House
		if json.Unmarshal(text, &h) != nil || h.Check() != nil {
			return
		}
		h.State()
		h.Status()
		h.eachText(func(s *string) {
			if feed.Clean(*s, maxText) != *s {
				t.Errorf("%q is not clean", *s)
			}
		})
	})
}

// A fakeSource tells of a house that changes when it is told to.
type fakeSource struct {
	mu  sync.Mutex
	now House

	decided []house.Decision
	refuse  error
}

func (f *fakeSource) State() house.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now.State()
}

func (f *fakeSource) Status() status.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now.Status()
}

func (f *fakeSource) Decide(d house.Decision) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse == nil {
		f.decided = append(f.decided, d)
	}
	return f.refuse
}

func (f *fakeSource) Packets() []feed.Packet { return nil }

func (f *fakeSource) Past(_ context.Context, from, _ time.Time) ([]house.PastCondition, error) {
	if from.IsZero() {
		return nil, errors.New("no history")
	}
	return []house.PastCondition{{Kind: house.Silent, Label: "shed", Pico: true, From: from, To: from.Add(time.Minute)}}, nil
}

func (f *fakeSource) change() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now.Revision++
}

func (f *fakeSource) Range(_ context.Context, sensor string, from, _ time.Time, _ time.Duration) ([]history.Bucket, error) {
	if sensor == "unknown" {
		return nil, errors.New("no such sensor")
	}
	return []history.Bucket{{Start: from, Count: 3, Min: 1, Mean: 2, Max: 3}}, nil
}

func serve(t *testing.T) (*fakeSource, *httptest.Server) {
	t.Helper()
	src := &fakeSource{now: someHouse()}
	server := httptest.NewServer(Handler(src, "v1.0.0", 4711))
	t.Cleanup(server.Close)
	return src, server
}

func TestStreamSendsChanges(t *testing.T) {
	src, server := serve(t)
	resp, err := server.Client().Get(server.URL + PathStream)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, MaxBytes)
	for i := range 3 {
		if !lines.Scan() {
			t.Fatal(lines.Err())
		}
		var h House
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
			t.Fatal(err)
		}
		if want := someHouse().Revision + uint64(i); h.Revision != want {
			t.Errorf("revision %d, want %d", h.Revision, want)
		}
		src.change()
	}
}

func TestAnswers(t *testing.T) {
	_, server := serve(t)
	tests := map[string]struct {
		method, path string
		status       int
		holds        string
	}{
		"the house":             {path: PathHouse, status: 200, holds: `"api":"picotop","version":1`},
		"history":               {path: PathRange + "?sensor=28ff&from=2026-11-23T12:00:00Z&to=2026-11-23T13:00:00Z&step=60", status: 200, holds: `"mean_celsius":2`},
		"past":                  {path: PathPast + "?from=2026-11-23T12:00:00Z&to=2026-11-23T13:00:00Z", status: 200, holds: `"kind":"silent","label":"shed","pico":true`},
		"past without times":    {path: PathPast, status: 400, holds: "needs from and to"},
		"past that fails":       {path: PathPast + "?from=0001-01-01T00:00:00Z&to=2026-11-23T13:00:00Z", status: 422, holds: "no history"},
		"history of nothing":    {path: PathRange, status: 400, holds: "needs sensor"},
		"history without step":  {path: PathRange + "?sensor=28ff&from=2026-11-23T12:00:00Z&to=2026-11-23T13:00:00Z&step=0", status: 400},
		"history of a stranger": {path: PathRange + "?sensor=unknown&from=2026-11-23T12:00:00Z&to=2026-11-23T13:00:00Z&step=60", status: 422, holds: "no such sensor"},
		"nothing is written":    {method: "POST", path: PathHouse, status: 405},
		"nothing is deleted":    {method: "DELETE", path: PathHouse, status: 405},
		"another path":          {path: "/api/house/secret", status: 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			method := tt.method
			if method == "" {
				method = http.MethodGet
			}
			req, err := http.NewRequestWithContext(t.Context(), method, server.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var body strings.Builder
			if _, err := bufio.NewReader(resp.Body).WriteTo(&body); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || !strings.Contains(body.String(), tt.holds) {
				t.Errorf("%s: %s", resp.Status, body.String())
			}
		})
	}
}

func TestTheOwnersNameGoesThrough(t *testing.T) {
	for label, want := range map[string]string{"": "Cold Water Tank", "Cold Water Tank": "Cold Water Tank", "Dad's tank": "Dad's tank"} {
		h := Of(house.State{Sensors: []house.Sensor{{Name: "ColdWaterTank", DisplayName: label}}}, status.Status{})
		if got := h.State(); got.Sensors[0].DisplayName != want {
			t.Errorf("%q came as %q", label, got.Sensors[0].DisplayName)
		}
	}
}
