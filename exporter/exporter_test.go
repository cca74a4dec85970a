package exporter

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRequests(t *testing.T) {
	tests := map[string]struct {
		method, path string
		status       int
		contains     string // of the body
	}{
		"metrics":                {"GET", "/metrics", 200, `temperature{friendly_name="Cold Water Tank",sensor_name="ColdWaterTank"} 2.875` + "\n"},
		"healthy":                {"GET", "/-/healthy", 200, "healthy\n"},
		"ready":                  {"GET", "/-/ready", 200, "ready\n"},
		"landing":                {"GET", "/", 200, "Cold Water Tank"},
		"head of metrics":        {"HEAD", "/metrics", 200, ""},
		"head of healthy":        {"HEAD", "/-/healthy", 200, ""},
		"head of landing":        {"HEAD", "/", 200, ""},
		"a sensor":               {"GET", "/sensor?id=28ff641f7616035c", 200, "Cold Water Tank"},
		"no sensor":              {"GET", "/sensor?id=x", 404, ""},
		"sensors take nothing":   {"POST", "/sensor", 405, ""},
		"nothing else is here":   {"GET", "/favicon.ico", 404, "not found"},
		"no directory":           {"GET", "/-/", 404, "not found"},
		"metrics takes nothing":  {"POST", "/metrics", 405, ""},
		"landing takes nothing":  {"PUT", "/", 405, ""},
		"health takes nothing":   {"DELETE", "/-/healthy", 405, ""},
		"readiness is read only": {"POST", "/-/ready", 405, ""},
	}
	handler := New(Config{Source: winter(), Version: "1.2.3"}).Handler()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := httptest.NewRecorder()
			handler.ServeHTTP(got, httptest.NewRequest(tt.method, tt.path, nil))
			if got.Code != tt.status {
				t.Errorf("status %d, want %d", got.Code, tt.status)
			}
			if body := got.Body.String(); !strings.Contains(body, tt.contains) {
				t.Errorf("%q is not in:\n%s", tt.contains, body)
			}
			if allow := got.Header().Get("Allow"); tt.status == 405 && allow != "GET, HEAD" {
				t.Errorf("Allow is %q", allow)
			}
		})
	}
}

func TestLastScrape(t *testing.T) {
	e := New(Config{Source: winter(), Now: func() time.Time { return monday }})
	for _, r := range []*http.Request{
		httptest.NewRequest("GET", "/", nil),
		httptest.NewRequest("HEAD", "/metrics", nil),
		httptest.NewRequest("POST", "/metrics", nil),
	} {
		e.Handler().ServeHTTP(httptest.NewRecorder(), r)
		if got := e.LastScrape(); !got.IsZero() {
			t.Errorf("%s %s counts as a scrape", r.Method, r.URL)
		}
	}
	e.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/metrics", nil))
	if got := e.LastScrape(); !got.Equal(monday) {
		t.Errorf("last scrape %v, want %v", got, monday)
	}
}
