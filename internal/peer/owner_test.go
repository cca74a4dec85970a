package peer

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestOnlyTrustedUsersAreShown(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("whose a TCP socket is, is not told here")
	}
	me := func(uid int) bool { return uid == os.Getuid() }
	nobody := func(int) bool { return false }
	socket := func(t *testing.T, h http.Handler) Target {
		path := filepath.Join(t.TempDir(), SocketName)
		ln, err := ListenSocket(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
		go func() { _ = server.Serve(ln) }()
		t.Cleanup(func() { _ = server.Close() })
		return Target{Socket: path}
	}
	tests := map[string]struct {
		target   func(*testing.T, http.Handler) Target
		answer   http.Handler
		trusted  func(int) bool
		found    bool
		stranger bool
	}{
		"my own, by TCP":                 {target, serving(good()), me, true, false},
		"my own, by a socket":            {socket, serving(good()), me, true, false},
		"another user's, by TCP":         {target, serving(good()), nobody, false, true},
		"another user's, by a socket":    {socket, serving(good()), nobody, false, true},
		"another user's, and named":      {target, serving(good()), nil, true, false},
		"another user's other program":   {target, http.NotFoundHandler(), nobody, false, false},
		"another user's page for people": {target, write("<html></html>"), nobody, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			to := tt.target(t, tt.answer)
			to.Trusted = tt.trusted
			c, stranger := Find(t.Context(), []Target{to}, time.Now)
			if c != nil {
				defer c.Close()
			}
			if (c != nil) != tt.found || (stranger != nil) != tt.stranger {
				t.Errorf("found %v, stranger %v", c != nil, stranger)
			}
			if stranger != nil && (stranger.UID != os.Getuid() || stranger.Target.String() != to.String()) {
				t.Errorf("stranger %+v", stranger)
			}
		})
	}
}
