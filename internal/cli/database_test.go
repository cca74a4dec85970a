package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/rogpeppe/go-internal/testscript"
)

// A database takes remote write, and shows what it was sent to who asks for it: a line
// of labels, value and time in ms for each sample.
type database struct {
	mu    sync.Mutex
	lines []string
}

// startDatabase starts a database, and puts its URL into a variable: database URL.
func startDatabase(ts *testscript.TestScript, _ bool, args []string) {
	server := httptest.NewServer(&database{})
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

// ServeHTTP implements [http.Handler].
func (d *database) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if req.Method == http.MethodGet {
		_, _ = io.WriteString(w, strings.Join(d.lines, "\n")+"\n")
		return
	}
	body, err := io.ReadAll(req.Body)
	if err == nil {
		body, err = snappy.Decode(nil, body)
	}
	var sent prompb.WriteRequest
	if err == nil {
		err = sent.Unmarshal(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, s := range sent.Timeseries {
		var labels []string
		for _, l := range s.Labels {
			labels = append(labels, l.Name+"="+l.Value)
		}
		for _, p := range s.Samples {
			d.lines = append(d.lines, fmt.Sprintf("%s %v %d", strings.Join(labels, ","), p.Value, p.Timestamp))
		}
	}
	slices.Sort(d.lines)
	w.WriteHeader(http.StatusNoContent)
}
