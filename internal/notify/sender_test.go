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
	tests := map[string]struct {
		url    string // behind the host
		answer string
		want   string // title and body
	}{
		"it answers as ntfy does":          {"/my-secret-house?scheme=http", `{"id":"x"}`, "picotop: 1 warning|Tank 2.9 °C, below 3.0"},
		"it answers with something else":   {"/my-secret-house?scheme=http", "thank you", "picotop: 1 warning|Tank 2.9 °C, below 3.0"},
		"it answers with nothing":          {"/my-secret-house?scheme=http", "", "picotop: 1 warning|Tank 2.9 °C, below 3.0"},
		"the owner has a title of his own": {"/my-secret-house?scheme=http&title=Home", "{}", "Home|picotop: 1 warning\nTank 2.9 °C, below 3.0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				text, _ := io.ReadAll(r.Body)
				got = append(got, r.URL.Path+" "+r.Header.Get("Title")+"|"+string(text))
				_, _ = w.Write([]byte(tt.answer))
			}))
			defer server.Close()
			send, err := newSender(Target{URL: "ntfy://user:hunter22@" + strings.TrimPrefix(server.URL, "http://") + tt.url})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := send(ctx, someMessage); err != nil {
				t.Fatal(err)
			}
			if want := "/my-secret-house " + tt.want; len(got) != 1 || got[0] != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// TestTitles makes each service that is said to know a title, to see that it does.
func TestTitles(t *testing.T) {
	for scheme, rest := range map[string]string{
		"bark": "key1@127.0.0.1:1/?scheme=http", "gotify": "127.0.0.1:1/AzyoeNS.D4iJLVa?disabletls=yes", "ntfy": "127.0.0.1:1/topic?scheme=http",
		"smtp": "127.0.0.1:1/?from=a@example.org&to=b@example.org",
	} {
		send, err := newSender(Target{URL: scheme + "://" + rest})
		if err == nil {
			err = send(t.Context(), someMessage)
		}
		if err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%s: %v, want that nobody is there", scheme, err)
		}
	}
}

// TestAServiceThatIsSlow holds that what took too long is not sent again while it may
// arrive.
func TestAServiceThatIsSlow(t *testing.T) {
	release, got := make(chan struct{}), make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got <- struct{}{}; <-release }))
	defer server.Close()
	send, err := newSender(Target{URL: ntfyURL(server)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := send(ctx, someMessage); err == nil {
			t.Error("no error")
		}
		cancel()
	}
	close(release)
	if err := send(t.Context(), someMessage); err != nil {
		t.Error(err)
	}
	if len(got) != 1 {
		t.Errorf("it was sent %d times", len(got))
	}
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

// TestSecretsOfServices holds that of the URLs of several services nothing is left in
// errors such as their libraries make.
func TestSecretsOfServices(t *testing.T) {
	for url, text := range map[string]string{
		"telegram://110201543:AAHdqTcvCH1vGWJxfSeofSA@telegram?chats=@channel":            `asking "https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSA/sendMessage": 401`,
		"discord://dMWm6uSVYF5m@8123718237/":                                              `"https://discord.com/api/webhooks/8123718237/dMWm6uSVYF5m": 404, webhook 8123718237`,
		"pushover://shoutrrr:azGDORePK8gM@uQiRzpo4DXgh/?devices=phone17":                  `user uQiRzpo4DXgh of azGDORePK8gM at phone17`,
		"smtp://me%40example.org:p%40ss%2Fword@mail.example.org:587/?from=me@example.org": `login as me@example.org with p@ss/word`,
		"slack://hook:T00000000-B00000000-XXXXXXXXXXXX@webhook":                           `posting to "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX": 404`,
	} {
		got := redacted(errors.New(text), url).Error()
		for _, s := range []string{"AAHdq", "110201543", "dMWm", "8123718237", "azGD", "uQiR", "phone17", "p@ss", "me@", "T0000", "B0000", "XXX"} {
			if strings.Contains(got, s) {
				t.Errorf("%s is left in %q", s, got)
			}
		}
	}
	err := redacted(errors.New("dial tcp: lookup ntfy.example.org: no such host"), "ntfy://ntfy.example.org/topic")
	if got, want := err.Error(), "dial tcp: lookup ntfy.example.org: no such host"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
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
	for n := range maxHung + 2 {
		someMessage := someMessage
		someMessage.ID = string(rune('a' + n))
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
