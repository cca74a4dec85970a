package exporter

import (
	"fmt"
	"net/http"
	"strings"
)

// serveHealthy says that the program runs: whoever reads it has the proof.
func (e *Exporter) serveHealthy(w http.ResponseWriter, _ *http.Request) {
	servePlain(w, http.StatusOK, "healthy")
}

// serveReady says whether everything is there that the program needs to hear
// and to remember, and if not, what is missing.
func (e *Exporter) serveReady(w http.ResponseWriter, _ *http.Request) {
	st := e.source.Status()
	if full := st.History.Full; full != "" && len(st.Missing()) == 0 {
		servePlain(w, http.StatusOK, "ready; no room in the history for new sensors: "+full)
		return
	}
	serveMissing(w, st.Missing())
}

// serveMissing says that the program is ready, if nothing is missing.
func serveMissing(w http.ResponseWriter, missing []string) {
	if len(missing) > 0 {
		servePlain(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(missing, "; "))
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
