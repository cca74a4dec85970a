package peer

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picotop/house"
)

func TestDecisionsOnTheSocket(t *testing.T) {
	src := &fakeSource{now: someHouse()}
	ln, err := ListenSocket(filepath.Join(t.TempDir(), SocketName), 0)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: Handler(src, "v1.0.0", 4711)}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(ln) }()
	client := NewClient(Target{Socket: ln.Addr().String()}, time.Now)
	t.Cleanup(client.Close)

	want := house.Decision{Action: house.Snooze, At: noon, Sensor: "28ff", Kind: house.Freezing, Until: noon.Add(time.Hour)}
	if err := client.Decide(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if len(src.decided) != 1 || src.decided[0] != want {
		t.Errorf("%+v", src.decided)
	}
	src.refuse = errors.New("the condition is\x1b over")
	if err := client.Decide(t.Context(), want); err == nil || err.Error() != "the condition is over" {
		t.Errorf("%v", err)
	}
}

func TestDecisionsElsewhere(t *testing.T) {
	src, server := serve(t)
	for name, body := range map[string]string{"a decision": `{"action":"acknowledge","kind":"freezing"}`, "nonsense": "x"} {
		t.Run(name, func(t *testing.T) {
			resp, err := server.Client().Post(server.URL+PathDecide, "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden || len(src.decided) > 0 {
				t.Errorf("status %d, decided %v", resp.StatusCode, src.decided)
			}
		})
	}
	client := NewClient(target(t, Handler(src, "v1.0.0", 4711)), time.Now)
	t.Cleanup(client.Close)
	if err := client.Decide(t.Context(), house.Decision{Action: house.Acknowledge}); !errors.Is(err, ErrElsewhere) {
		t.Errorf("%v", err)
	}
}

func TestWhatIsNoDecision(t *testing.T) {
	src := &fakeSource{now: someHouse()}
	ln, err := ListenSocket(filepath.Join(t.TempDir(), SocketName), 0)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(Handler(src, "v1.0.0", 4711))
	_ = server.Listener.Close()
	server.Listener = ln
	server.Start()
	t.Cleanup(server.Close)
	client := NewClient(Target{Socket: ln.Addr().String()}, time.Now)
	t.Cleanup(client.Close)
	for _, body := range []string{"", "x", "[]", `{"action":` + strings.Repeat(" ", maxDecision) + `"loud"}`} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://picotop"+PathDecide, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest || len(src.decided) > 0 {
			t.Errorf("%.20q: status %d", body, resp.StatusCode)
		}
	}
}
