package exporter

import (
	"fmt"
	"net/http"
	"strings"

	"picotop/feed"
	"picotop/internal/status"
)

// serveHealthy says that the program runs: whoever reads it has the proof.
func (e *Exporter) serveHealthy(w http.ResponseWriter, _ *http.Request) {
	servePlain(w, http.StatusOK, "healthy")
}

// serveReady says whether everything is there that the program needs to hear
// and to remember, and if not, what is missing.
func (e *Exporter) serveReady(w http.ResponseWriter, _ *http.Request) {
	st := e.source.Status()
	if missing := missing(st); len(missing) > 0 {
		servePlain(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(missing, "; "))
		return
	}
	if full := st.History.Full; full != "" {
		servePlain(w, http.StatusOK, "ready; no room in the history for new sensors: "+full)
		return
	}
	servePlain(w, http.StatusOK, "ready")
}

func servePlain(w http.ResponseWriter, status int, line string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, line) // an error here means that nobody is listening
}

// missing tells in words what keeps the program from being ready. It is empty
// exactly if the feed is ready and so is the store, or none is kept.
func missing(s status.Status) []string {
	var lines []string
	for _, p := range s.Feed.Ports {
		if p.State != feed.Listening {
			lines = append(lines, because(fmt.Sprintf("port %d is %s", p.Port, p.State), p.Why))
		}
	}
	if !joined(s.Feed.Interfaces) {
		lines = append(lines, fmt.Sprintf("no network interface has joined group %v", s.Feed.Group))
	}
	if !s.History.Off && s.History.Err != "" {
		lines = append(lines, because("the history is not open", s.History.Err))
	}
	return lines
}

func joined(interfaces []feed.InterfaceHealth) bool {
	for _, i := range interfaces {
		if i.Joined {
			return true
		}
	}
	return false
}

// because adds the reason to a fact, if there is one.
func because(fact, why string) string {
	if why == "" {
		return fact
	}
	return fact + ": " + why
}
