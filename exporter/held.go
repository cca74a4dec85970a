package exporter

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

// sendTimeout is how long a client may take over a whole page: as long as
// Prometheus takes by itself before it gives up a scrape.
const sendTimeout = 10 * time.Second

// A held is a response that is sent only when it is whole.
type held struct {
	w      http.ResponseWriter
	status int
	body   *bytes.Buffer
}

func newHeld(w http.ResponseWriter, into *bytes.Buffer) *held {
	return &held{w: w, status: http.StatusOK, body: into}
}

func (h *held) Header() http.Header         { return h.w.Header() }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(p []byte) (int, error) { return h.body.Write(p) }

// send sends it. Who does not read it within its time is dropped.
func (h *held) send() {
	// Where deadlines cannot be set there is no network.
	_ = http.NewResponseController(h.w).SetWriteDeadline(time.Now().Add(sendTimeout))
	h.Header().Set("Content-Length", strconv.Itoa(h.body.Len()))
	h.w.WriteHeader(h.status)
	_, _ = h.body.WriteTo(h.w) // an error here means that nobody is listening
}
