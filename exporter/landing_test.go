package exporter

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picotop/house"
	"picotop/internal/status"
)

func visit(t *testing.T, source Source) (http.Header, string) {
	t.Helper()
	got := httptest.NewRecorder()
	New(Config{Source: source, Version: "1.2.3"}).Handler().ServeHTTP(got, httptest.NewRequest("GET", "/", nil))
	if got.Code != http.StatusOK {
		t.Fatalf("status %d: %s", got.Code, got.Body)
	}
	return got.Header(), got.Body.String()
}

func TestLanding(t *testing.T) {
	golden := filepath.Join("testdata", "landing.html")
	_, got := visit(t, winter())
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the page changed (-want +got):\n%s", diff)
	}
}

func TestLandingSaysInWords(t *testing.T) {
	tests := map[string]struct {
		source *fake
		want   string
	}{
		"nothing heard yet": {&fake{feed: winter().feed}, "No sensor has been heard yet."},
		"all is well": {
			&fake{state: house.State{Sensors: []house.Sensor{{ID: "28ff", Valid: true, Celsius: 20}}}},
			"Nothing is freezing and nothing is silent.",
		},
		"a sensor without a name":   {&fake{state: house.State{Sensors: []house.Sensor{{ID: "28ff"}}}}, "<td>28ff</td>"},
		"what is missing":           {&fake{history: status.History{Err: "disk full"}}, "<li>the history is not open: disk full</li>"},
		"a name cannot be a script": {&fake{state: house.State{Sensors: []house.Sensor{{FriendlyName: "<script>"}}}}, "<td>&lt;script&gt;</td>"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, got := visit(t, tt.source); !strings.Contains(got, tt.want) {
				t.Errorf("%q is not in:\n%s", tt.want, got)
			}
		})
	}
}

// TestLandingPolicy keeps the style sheet working: a browser drops it without
// a word if the hash in the header is not that of the text in the page.
func TestLandingPolicy(t *testing.T) {
	header, body := visit(t, winter())
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(body)
	if len(style) == 0 {
		t.Fatal("the page has no style sheet")
	}
	policy := header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "style-src 'sha256-" + hashOf(style[1]) + "'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%q is not in %q", want, policy)
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "style=") {
		t.Error("the page has a script or a style that the policy forbids")
	}
}
