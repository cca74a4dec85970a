package exporter

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"picotop/exporter/promapi"
)

// send sends a request with headers, each "Name: value".
func send(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const (
	firefox  = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	language = "Accept-Language: en-GB,en;q=0.5"
)

func TestHostsOfBrowsers(t *testing.T) {
	own, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	handler := New(Config{Source: winter(), AllowedHosts: []string{"Pi.Smith.Example.", "heating.example:8443"}}).Handler()
	for host, allowed := range map[string]bool{
		"127.0.0.1:8000": true, "192.168.1.5": true, "[::1]:8000": true, "[fe80::1%25eth0]:8000": true, "10.0.0.1:80": true,
		"localhost:8000": true, "raspberrypi": true, "raspberrypi:8000": true, "RaspberryPi.local": true, "raspberrypi.local.:8000": true,
		"pi.lan": true, "pi.home": true, "pi.home.arpa": true, "pi.internal": true, "pi.fritz.box:8000": true, "pi.localdomain": true,
		"a.b.localhost": true, "pi.speedport.ip": true, "fritz.box": true, own: true, own + ":8000": true,
		"pi.smith.example": true, "PI.smith.example:8000": true, "heating.example": true, "heating.example:1": true,

		"evil.example": false, "evil.example:8000": false, "127.0.0.1.evil.example": false, "evil.local.example": false,
		"pi.smith.example.evil.example": false, "xpi.smith.example": false, "evilfritz.box": false, "notlocal.xlocal": false,
		"a..b": false, "evil.example.": false, "evil.example/": false, "<script>.example": false, strings.Repeat("a.", 400) + "b": false,
	} {
		for _, header := range []string{firefox, language} {
			for _, path := range []string{"/", "/metrics", "/api/v1/query?query=1", "/federate", "/-/ready", "/nonsense"} {
				w := send(handler, "GET", path, header, "Host: "+host)
				if refused := w.Code == http.StatusForbidden; refused == allowed {
					t.Errorf("%q by %s for %s: status %d", host, header, path, w.Code)
				}
			}
		}
		if w := send(handler, "GET", "/metrics", "User-Agent: Prometheus/2.42.0", "Host: "+host); w.Code != http.StatusOK {
			t.Errorf("%q by Prometheus: status %d", host, w.Code)
		}
	}
}

func TestProgramsComeByAnyName(t *testing.T) {
	handler := New(Config{Source: winter()}).Handler()
	for _, agent := range []string{
		"", "Prometheus/3.5.0", "Grafana/12.0.0", "curl/8.5.0", "vmagent", "Go-http-client/1.1", "python-requests/2.31", "Wget/1.21", "PHP",
	} {
		if w := send(handler, "GET", "/api/v1/query?query=1", "Host: pi.smith.example", "User-Agent: "+agent); w.Code != http.StatusOK {
			t.Errorf("%q: status %d", agent, w.Code)
		}
	}
}

func TestRefusalByNameSaysWhatToType(t *testing.T) {
	handler := New(Config{Source: winter()}).Handler()
	for host, want := range map[string]string{
		"Evil.example:8000":                "--web.allow-host evil.example\n",
		"<script>alert(1)</script>.ex":     "--web.allow-host NAME\n",
		"a.b; rm -rf":                      "--web.allow-host NAME\n",
		strings.Repeat("a", 300) + ".test": "--web.allow-host NAME\n",
	} {
		w := send(handler, "GET", "/", "Host: "+host, firefox)
		if body := w.Body.String(); !strings.HasSuffix(body, want) || strings.Count(body, "\n") != 1 {
			t.Errorf("%q: %q, want one line with %q", host, body, want)
		}
		if kind := w.Header().Get("Content-Type"); kind != "text/plain; charset=utf-8" {
			t.Errorf("%q: %s", host, kind)
		}
	}
}

func TestNoNameIsRefusedWhereThereIsAPassword(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yml")
	handler := New(Config{Source: winter(), WebConfig: file}).Handler()
	for _, test := range []struct {
		config string
		want   int
	}{
		{"basic_auth_users:\n  nan: $2y$10$abc\n", 200},
		{"basic_auth_users: {}\n", 403},
		{"tls_server_config: {cert_file: a, key_file: b}\n", 403},
		{"tls_server_config: {cert_file: a, key_file: b}\nbasic_auth_users: {nan: x}\n", 200},
		{"{{{", 403},
	} {
		if err := os.WriteFile(file, []byte(test.config), 0o600); err != nil {
			t.Fatal(err)
		}
		if w := send(handler, "GET", "/", "Host: evil.example", firefox); w.Code != test.want {
			t.Errorf("%q: status %d, want %d", test.config, w.Code, test.want)
		}
	}
}

func TestMachineNames(t *testing.T) {
	etc := fstest.MapFS{
		"hosts": {Data: []byte("127.0.0.1\tlocalhost\n127.0.1.1 pi.smith.example Pi # own\n192.168.1.2 nas.smith.example nas\n" +
			"192.168.1.5 heating.example raspi pi\n# 127.0.0.1 not.example\nnonsense\n::1 ip6.example\n")},
		"resolv.conf": {Data: []byte("nameserver 192.168.1.1\nsearch smith.example. other.example\ndomain third.example\n")},
	}
	got := machineNames(etc, "Pi")
	slices.Sort(got)
	want := []string{
		"heating.example", "ip6.example", "localhost", "pi", "pi", "pi", "pi.other.example", "pi.smith.example", "pi.smith.example", "pi.third.example", "raspi",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"pi.x.example"}, machineNames(fstest.MapFS{}, "pi.x.example")); d != "" {
		t.Errorf("without files (-want +got):\n%s", d)
	}
}

func TestCORS(t *testing.T) {
	house := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })
	with := func(pattern string) http.Handler {
		origin, err := ParseCORSOrigin(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return New(Config{Source: winter(), House: house, CORSOrigin: origin}).Handler()
	}
	const pattern = "https?://(page|other)[.]example"
	for _, test := range []struct {
		pattern, origin string
		allowed         bool
	}{
		{"", "http://page.example", false},
		{pattern, "http://page.example", true},
		{pattern, "https://other.example", true},
		{pattern, "http://page.example.evil.example", false},
		{pattern, "http://pagexexample", false},
		{pattern, "xhttp://page.example", false},
		{pattern, "http://page.example\nhttp://evil.example", false},
		{pattern, "null", false},
		{pattern, "", false},
		{".*", "http://any.example", true},
		{"http://a|http://b", "http://a.example", false},
		{"http://a|http://b", "http://b", true},
	} {
		for _, path := range []string{"/api/v1/query?query=1", "/api/v1/nonsense", "/api/house", "/api/house/range", "/api/house/past", "/api/house/stream"} {
			for _, method := range []string{"GET", "OPTIONS"} {
				w := send(with(test.pattern), method, path, "Origin: "+test.origin, "Access-Control-Request-Method: POST")
				h := w.Header()
				want := ""
				if test.allowed {
					want = test.origin
				}
				if got := h.Get("Access-Control-Allow-Origin"); got != want {
					t.Errorf("%q: %s %s of %q: allowed %q, want %q", test.pattern, method, path, test.origin, got, want)
				}
				if got := h.Get("Access-Control-Allow-Methods") != "" && h.Get("Access-Control-Allow-Headers") != ""; got != test.allowed {
					t.Errorf("%q: %s %s of %q: methods and headers told: %v", test.pattern, method, path, test.origin, got)
				}
				if varies := slices.Contains(h.Values("Vary"), "Origin"); varies != (test.pattern != "") {
					t.Errorf("%q: %s %s: Vary %q", test.pattern, method, path, h.Values("Vary"))
				}
				if method == "OPTIONS" && (w.Code != http.StatusNoContent || w.Body.Len() > 0) {
					t.Errorf("OPTIONS %s: %d %q", path, w.Code, w.Body)
				}
			}
		}
		for _, path := range []string{"/", "/metrics", "/federate", "/-/ready"} {
			if got := send(with(test.pattern), "GET", path, "Origin: "+test.origin).Header().Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("%s may be read by %q", path, got)
			}
		}
	}
	if _, err := ParseCORSOrigin("("); err == nil || !strings.Contains(err.Error(), "`(`") {
		t.Errorf("ParseCORSOrigin: %v", err)
	}
	if _, err := ParseCORSOrigin("a)|(b"); err == nil {
		t.Error("brackets may reach out of the whole")
	}
}

func TestCompression(t *testing.T) {
	long := strings.Repeat(`{"sensor":"28ff641f7616035c"},`, 100)
	house := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Has("short") {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, long)
	})
	handler := New(Config{Source: winter(), House: house}).Handler()
	for _, test := range []struct {
		path, accept string
		packed       bool
	}{
		{"/", "gzip, deflate, br, zstd", true},
		{"/", "deflate", false},
		{"/", "", false},
		{"/", "gzip;q=0", false},
		{"/", "gzip; q=0.000", false},
		{"/", "GZIP;q=0.1", true},
		{"/api/house", "gzip", true},
		{"/api/house", "", false},
		{"/api/house?short", "gzip", false},
		{"/api/house/range?sensor=a", "gzip", true},
		{"/api/house/past?from=a", "gzip", true},
		{"/api/house/stream", "gzip", false},
	} {
		plain := send(handler, "GET", test.path)
		for _, method := range []string{"GET", "HEAD"} {
			w := send(handler, method, test.path, "Accept-Encoding: "+test.accept)
			if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != test.packed {
				t.Errorf("%s %s with %q: packed %v", method, test.path, test.accept, packed)
			}
			if varies := slices.Contains(w.Header().Values("Vary"), "Accept-Encoding"); varies != !strings.HasSuffix(test.path, "stream") {
				t.Errorf("%s %s: Vary %q", method, test.path, w.Header().Values("Vary"))
			}
			if w.Code != plain.Code || w.Header().Get("Content-Type") != plain.Header().Get("Content-Type") || w.Header().Get("ETag") != "" {
				t.Errorf("%s %s: %d %v, plain %d %v", method, test.path, w.Code, w.Header(), plain.Code, plain.Header())
			}
			if !test.packed || method == "HEAD" {
				continue
			}
			size := w.Body.Len()
			zip, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(zip)
			if err != nil || string(got) != plain.Body.String() || size > len(got)/2 {
				t.Errorf("%s: %d bytes of %d, %v", test.path, size, len(got), err)
			}
		}
	}
}

func TestMetricsPath(t *testing.T) {
	for path, want := range map[string]string{
		"/metrics": "/metrics", "/metrics/": "/metrics", "/probe/pico-1": "/probe/pico-1", "/a.b_c~d": "/a.b_c~d",
		"": "", "metrics": "", "/": "", "//": "", "/a//b": "", "/a/../b": "", "/api/v1/query": "", "/api": "", "/-/ready": "", "/-": "", "/federate": "", "/house": "", "/sensor": "",
		"/{x}": "", "/a b": "", "/a?b": "", "/ä": "", "/a\n": "",
	} {
		got, err := ParseMetricsPath(path)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseMetricsPath(%q) = %q, %v; want %q", path, got, err, want)
			continue
		}
		if err != nil {
			oneLine(t, err)
			continue
		}
		e := New(Config{Source: winter(), MetricsPath: got})
		if w := send(e.Handler(), "GET", got); w.Code != 200 || !strings.Contains(w.Body.String(), "picotop_build_info") {
			t.Errorf("%s: status %d", got, w.Code)
		}
		if e.LastScrape().IsZero() {
			t.Errorf("%s: not counted as a scrape", got)
		}
		if w := send(e.Handler(), "GET", "/"); !strings.Contains(w.Body.String(), `<a href="`+got+`">`+got+`</a>`) {
			t.Errorf("%s is not linked:\n%s", got, w.Body)
		}
		if w := send(e.Handler(), "GET", "/metrics"); got != "/metrics" && w.Code != 404 {
			t.Errorf("/metrics is served besides %s", got)
		}
	}
}

func TestAlerts(t *testing.T) {
	e := New(Config{Source: winter()})
	want := []promapi.Alert{
		{
			Name: "Freezing", Sensor: "28ff641f7616035c", SensorName: "ColdWaterTank", FriendlyName: "Cold Water Tank",
			Since: winter().state.Conditions[0].Since, Summary: "Cold Water Tank 2.9 °C, below 3.0 since 21:33, falling 0.4 an hour",
		},
		{
			Name: "Silent", Sensor: "28ff641f76160361", SensorName: "Attic", FriendlyName: "Attic",
			Since: winter().state.Conditions[1].Since, Summary: "Attic: nothing heard since Saturday 20:47",
		},
		{Name: "Silent", Pico: "shed", Since: winter().state.Conditions[2].Since, Summary: "shed: nothing heard from its one sensor since 19:58"},
		{
			Name: "Near", Sensor: "28ff641f7616035d", SensorName: "Loft", FriendlyName: "Loft",
			Since: winter().state.Conditions[3].Since, Summary: "Loft 4.1 °C, 1.1 above its limit, falling 0.8 an hour; 0 °C by 02:47 at that rate",
		},
		{
			Name: "SetAside", Sensor: "28ff641f7616035e", SensorName: "GreenHouse", FriendlyName: "Green House",
			Since: winter().state.Conditions[4].Since, Summary: "Green House said 85.0 °C, which is not believed",
		},
	}
	if d := cmp.Diff(want, e.alerts()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	w := send(e.Handler(), "GET", "/api/v1/alerts")
	if n := strings.Count(w.Body.String(), `"state":"firing"`); w.Code != 200 || n != len(want) {
		t.Errorf("%d alerts in %s", n, w.Body)
	}
}
