package exporter

import (
	"net/http/httptest"
	"testing"

	"picotop/feed"
	"picotop/internal/status"
)

func TestReady(t *testing.T) {
	tests := map[string]struct {
		change func(*fake)
		status int
		body   string
	}{
		"all is there":       {func(*fake) {}, 200, "ready\n"},
		"no history is kept": {func(f *fake) { f.history = status.History{Off: true} }, 200, "ready\n"},
		"a port is blocked": {
			func(f *fake) {
				f.feed.Ports[1] = feed.PortHealth{Port: 11235, State: feed.Blocked, Why: "address already in use"}
			},
			503, "not ready: port 11235 is blocked: address already in use\n",
		},
		"a port is not open yet": {
			func(f *fake) { f.feed.Ports[0].State = feed.Opening },
			503, "not ready: port 9999 is opening\n",
		},
		"no interface": {
			func(f *fake) { f.feed.Interfaces = f.feed.Interfaces[1:] },
			503, "not ready: no network interface has joined group 239.0.0.1\n",
		},
		"the history is not open": {
			func(f *fake) { f.history.Err = "no space left on device" },
			503, "not ready: the history is not open: no space left on device\n",
		},
		"several things at once": {
			func(f *fake) { f.feed.Interfaces, f.history.Err = nil, "clock not set" },
			503, "not ready: no network interface has joined group 239.0.0.1; the history is not open: clock not set\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			source := winter()
			tt.change(source)
			got := httptest.NewRecorder()
			New(Config{Source: source}).Handler().ServeHTTP(got, httptest.NewRequest("GET", "/-/ready", nil))
			if got.Code != tt.status || got.Body.String() != tt.body {
				t.Errorf("got %d %q, want %d %q", got.Code, got.Body, tt.status, tt.body)
			}
			if want := source.feed.Ready() && (source.history.Off || source.history.Err == ""); want != (got.Code == 200) {
				t.Errorf("the feed is ready: %v; the page says %d", want, got.Code)
			}
		})
	}
}
