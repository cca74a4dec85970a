package peer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/status"
)

type fixed struct{ house House }

func (f fixed) State() house.State        { return f.house.State() }
func (f fixed) Status() status.Status     { return f.house.Status() }
func (fixed) Decide(house.Decision) error { return nil }

func (f fixed) Packets() []feed.Packet { return nil }

// serving is what a picotop with the given house answers.
func serving(h House) http.Handler { return Handler(fixed{h}, h.Program, h.PID) }

func (fixed) Range(_ context.Context, _ string, from, _ time.Time, _ time.Duration) ([]history.Bucket, error) {
	return []history.Bucket{{Start: from, Count: 2, Min: 1, Mean: 2, Max: 3}}, nil
}

func (fixed) Past(_ context.Context, from, to time.Time) ([]house.PastCondition, error) {
	return []house.PastCondition{{Kind: house.Freezing, Label: "Loft\x1b[2J", Sensor: "28ff", From: from, To: to, Lasts: true}}, nil
}

func good() House {
	return House{API: Name, Version: Version, PID: 1, Sensors: []Sensor{{ID: "28ff", FriendlyName: "Loft", Celsius: 4, Valid: true}}}
}

func target(t *testing.T, h http.Handler) Target {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return Target{URL: u}
}

func write(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
}

func TestWhatAnswersMustBePicotop(t *testing.T) {
	text := func(change func(*House)) http.Handler {
		h := good()
		change(&h)
		b, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		return write(string(b))
	}
	tests := map[string]struct {
		answer http.Handler
		found  bool
	}{
		"a picotop":            {answer: serving(good()), found: true},
		"a picotop's demo":     {answer: text(func(h *House) { h.Demo = true })},
		"this process":         {answer: text(func(h *House) { h.PID = os.Getpid() })},
		"a later version":      {answer: text(func(h *House) { h.Version = 99 })},
		"another API":          {answer: text(func(h *House) { h.API = "prometheus" })},
		"a page for people":    {answer: write("<html><body>Hello</body></html>")},
		"JSON of something":    {answer: write(`{"status":"success"}`)},
		"an array":             {answer: write(`[1,2,3]`)},
		"a very long answer":   {answer: write(`{"api":"` + strings.Repeat("x", MaxBytes))},
		"nothing":              {answer: http.NotFoundHandler()},
		"a redirect elsewhere": {answer: http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound)},
		"one that never answers": {answer: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := Find(t.Context(), []Target{target(t, tt.answer)}, time.Now)
			if c != nil {
				defer c.Close()
			}
			if (c != nil) != tt.found {
				t.Errorf("found: %v", c != nil)
			}
		})
	}
}

func TestTheFirstCandidateWins(t *testing.T) {
	second := good()
	second.PID = 2
	c, _ := Find(t.Context(), []Target{
		{Socket: filepath.Join(t.TempDir(), "none")},
		target(t, serving(good())),
		target(t, serving(second)),
	}, time.Now)
	if c == nil {
		t.Fatal("none was found")
	}
	defer c.Close()
	if h, _, _ := c.Last(); h.PID != 1 {
		t.Errorf("found process %d, want 1", h.PID)
	}
}

func TestStreamIsFollowedUntilItEnds(t *testing.T) {
	lines := make(chan string)
	c := NewClient(target(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for line := range lines {
			_, _ = io.WriteString(w, line+"\n")
			_ = http.NewResponseController(w).Flush()
		}
	})), time.Now)
	defer c.Close()
	done := make(chan error)
	go func() { done <- c.Stream(t.Context()) }()
	for i := range 3 {
		h := good()
		h.Revision = uint64(i)
		b, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		lines <- string(b)
	}
	close(lines)
	if err := <-done; err == nil || !strings.Contains(err.Error(), "nothing comes any more") {
		t.Errorf("Stream: %v", err)
	}
	if h, at, err := c.Last(); h.Revision != 2 || at.IsZero() || err == nil {
		t.Errorf("last %+v at %v, %v", h, at, err)
	}
}

func TestPastGoesThrough(t *testing.T) {
	c := NewClient(target(t, serving(good())), time.Now)
	defer c.Close()
	from := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
	want := []house.PastCondition{{Kind: house.Freezing, Label: "Loft[2J", Sensor: "28ff", From: from, To: from.Add(time.Hour), Lasts: true}}
	got, err := c.Past(t.Context(), from, from.Add(time.Hour))
	if diff := cmp.Diff(got, want); err != nil || diff != "" {
		t.Errorf("%v (-got +want):\n%s", err, diff)
	}
}

func TestPastOf(t *testing.T) {
	many := Past{API: Name, Version: Version, Conditions: make([]PastCondition, 2*house.MaxPast)}
	text, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		answer http.Handler
		n      int
		err    string
	}{
		"an older picotop":      {answer: http.NotFoundHandler(), err: "the picotop there is older, and tells of no more"},
		"a page for people":     {answer: write("<html>"), err: "is not picotop"},
		"one that tells no end": {answer: write(string(text)), n: house.MaxPast},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := NewClient(target(t, test.answer), time.Now)
			defer c.Close()
			got, err := c.Past(t.Context(), time.Unix(0, 0), time.Unix(1, 0))
			if len(got) != test.n || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("%d, %v", len(got), err)
			}
		})
	}
}

func TestRangeGoesThrough(t *testing.T) {
	c := NewClient(target(t, serving(good())), time.Now)
	defer c.Close()
	from := time.Date(2026, 11, 23, 12, 0, 0, 500, time.UTC)
	got, err := c.Range(t.Context(), "28ff", from, from.Add(time.Hour), time.Minute)
	if err != nil || len(got) != 1 || !got[0].Start.Equal(from) || got[0].Mean != 2 {
		t.Errorf("Range: %+v, %v", got, err)
	}
}

func TestAPasswordIsAskedFor(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "karl" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		serving(good()).ServeHTTP(w, r)
	})
	to := target(t, handler)
	c := NewClient(to, time.Now)
	defer c.Close()
	_, err := c.Fetch(t.Context())
	if _, ok := errors.AsType[*DeniedError](err); !ok {
		t.Errorf("Fetch without a password: %v", err)
	}
	to.User, to.Password = "karl", "secret"
	c2 := NewClient(to, time.Now)
	defer c2.Close()
	if _, err := c2.Fetch(t.Context()); err != nil {
		t.Errorf("Fetch with it: %v", err)
	}
}

func TestSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "pt") // short: a socket's path has little room
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, SocketName)

	ln, err := ListenSocket(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: serving(good()), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(ln) }()
	if _, err := ListenSocket(path, 0); err == nil {
		t.Error("a socket that lives was taken")
	}
	c, _ := Find(t.Context(), []Target{{Socket: path}}, time.Now)
	if c == nil {
		t.Fatal("not found on its socket")
	}
	c.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("mode %v, %v: other users cannot read", info.Mode(), err)
	}
	_ = server.Close()

	// What a killed program leaves behind.
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	_ = stale.Close()
	ln, err = ListenSocket(path, 0)
	if err != nil {
		t.Fatalf("after a killed program: %v", err)
	}
	_ = ln.Close()

	ln, err = ListenSocket(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v, want what was asked for", info.Mode(), err)
	}
	_ = ln.Close()

	// What is no socket is left alone.
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenSocket(path, 0); err == nil {
		t.Error("a file was replaced")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if _, err := ListenSocket("/tmp/"+strings.Repeat("x", 200), 0); err == nil {
		t.Error("a path that is too long was taken")
	}
}

func TestLockInfo(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadLockInfo(dir); err == nil {
		t.Error("nobody holds it, and yet somebody is told")
	}
	want := LockInfo{PID: 4711, Socket: "/run/picotop/picotop.sock"}
	remove, err := WriteLockInfo(dir, want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ReadLockInfo(dir); err != nil || got != want || len(got.Targets()) != 1 {
		t.Errorf("ReadLockInfo: %+v, %v", got, err)
	}
	remove()
	if _, err := ReadLockInfo(dir); err == nil {
		t.Error("still held after it was taken back")
	}
	if err := os.WriteFile(filepath.Join(dir, lockInfoName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadLockInfo(dir); err == nil || fmt.Sprint(got) != fmt.Sprint(LockInfo{}) {
		t.Errorf("a damaged file: %+v, %v", got, err)
	}
}
