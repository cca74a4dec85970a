package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var someMessage = Message{ID: "1", At: start, Title: "picotop: 1 warning", Lines: []Line{{State: Begun, Kind: "freezing", Label: "Tank", Text: "Tank 2.9 °C, below 3.0"}}}

// ntfyURL is the URL in shoutrrr's form of a server here.
func ntfyURL(server *httptest.Server) string {
	return "ntfy://user:hunter22@" + strings.TrimPrefix(server.URL, "http://") + "/my-secret-house?scheme=http"
}

func TestAServiceIsTold(t *testing.T) {
	var body, path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		body, path = string(text), r.URL.Path
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	send, err := newSender(Target{URL: ntfyURL(server)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := send(ctx, someMessage); err != nil {
		t.Fatal(err)
	}
	if path != "/my-secret-house" || body != "picotop: 1 warning\nTank 2.9 °C, below 3.0" {
		t.Errorf("%s: %q", path, body)
	}
	http.DefaultClient.CloseIdleConnections()
}

// TestErrorsHoldNoSecrets sends to services that fail in several ways.
func TestErrorsHoldNoSecrets(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no\x1b[2J\nto "+r.URL.Path+" with "+r.Header.Get("Authorization"), http.StatusInternalServerError)
	}))
	defer refuses.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, url := range map[string]string{
		"it answers 500":      ntfyURL(refuses),
		"nobody is there":     ntfyURL(gone),
		"an unknown service":  "odd://hunter22@my-secret-house/",
		"not a URL":           "ntfy://hunter22:%zz@/my-secret-house",
		"a token in its path": "generic+http://" + strings.TrimPrefix(gone.URL, "http://") + "/hunter22/my-secret-house",
		"no address":          "telegram://hunter22@telegram?chats=my-secret-house",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			send, err := newSender(Target{URL: url})
			if err == nil {
				err = send(ctx, someMessage)
			}
			if err == nil {
				t.Fatal("no error")
			}
			for _, secret := range []string{"hunter22", "my-secret-house", "\x1b", "\n"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q holds %q", err, secret)
				}
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestAServiceThatHangs(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	send, err := newSender(Target{URL: ntfyURL(server)})
	if err != nil {
		t.Fatal(err)
	}
	for range maxHung + 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := send(ctx, someMessage); err == nil {
			t.Error("no error")
		}
		cancel()
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "message")
	tests := map[string]struct {
		script string
		want   string // in the error; empty is none
	}{
		"it takes the message":       {"cat > " + file, ""},
		"it takes nothing":           {"exit 0", ""},
		"it fails":                   {"echo no such phone >&2; exit 3", "exit status 3: no such phone"},
		"it writes without end":      {"yes >&2 & sleep 0.1; exit 1", "exit status 1"},
		"it hangs":                   {"sleep 100", "no answer within"},
		"it hangs, and will not end": {"trap '' TERM; sleep 100 & wait", "no answer within"},
		"what it started goes on":    {"sleep 100 & exit 0", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := commandSender([]string{"sh", "-c", tt.script})(ctx, someMessage)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	t.Run("there is no such program", func(t *testing.T) {
		if err := commandSender([]string{"/no/such/program"})(t.Context(), someMessage); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		text, err := os.ReadFile(file)
		var m Message
		if err != nil || json.Unmarshal(text, &m) != nil || m.Lines[0].Text != someMessage.Lines[0].Text {
			t.Errorf("%v: %s", err, text)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls++; r.URL.Path == "/hunter22" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	if err := call(t.Context(), server.URL+"/ok"); err != nil || calls != 1 {
		t.Errorf("%v, %d calls", err, calls)
	}
	if err := call(t.Context(), server.URL+"/hunter22"); err == nil || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("%v", err)
	}
	server.Close()
	if err := call(t.Context(), server.URL+"/hunter22"); err == nil || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("%v", err)
	}
	http.DefaultClient.CloseIdleConnections()
}
