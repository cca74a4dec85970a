// Package housepage is the house as a page for people: all of it on one, worst first,
// and one more for each sensor.
//
// The pages are made on the server, charts and all, and hold no script. A browser reads
// them again every half minute. Programs that do not ask for a page, such as curl, get
// the house as plain text.
//
// A page costs what it draws: charts are kept for a minute (chart_cache.go), and read
// one at a time, however many ask.
package housepage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/wording"
)

// A Bucket sums up the readings of one sensor in one step of time, in Celsius.
type Bucket struct {
	Start          time.Time
	Count          int // 0 means a gap: the rest is 0 too
	Min, Mean, Max float64
}

// Past returns what one sensor measured, in buckets of a step, oldest first, gaps
// included. It is called for one sensor at a time.
type Past func(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]Bucket, error)

// Config is what the pages are made of. All of it is needed but Past.
type Config struct {
	State   func() house.State
	Missing func() []string // what keeps the program from being ready
	Past    Past            // nil leaves the charts out
	Version string
	Metrics string // the path of the metrics
	Logger  *slog.Logger
}

// Pages serves them. Its methods may be called by several at once.
type Pages struct {
	Config
	charts chartCache
}

// New returns the pages of a house.
func New(cfg Config) *Pages { return &Pages{Config: cfg, charts: chartCache{past: cfg.Past}} }

var (
	//go:embed house.html
	houseHTML string
	//go:embed sensor.html
	sensorHTML string
	//go:embed chart.svg
	chartSVG string
	//go:embed page.css
	pageCSS string

	templates = template.Must(template.Must(template.Must(
		template.New("house").Parse(houseHTML)).New("sensor").Parse(sensorHTML)).New("chart").Parse(chartSVG))
)

// policy lets a page have its own style sheet and the icon that stands in it, and
// nothing else: no script, no other picture, no form, no frame around it.
var policy = fmt.Sprintf(
	"default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	hashOf(pageCSS))

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// ServeHouse serves the house, as a page or as text.
func (p *Pages) ServeHouse(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept, User-Agent")
	state := p.State()
	if wantsText(r) {
		var text bytes.Buffer
		_ = wording.Table(&text, state) // a buffer takes all
		p.send(w, "text/plain; charset=utf-8", &text)
		return
	}
	p.draw(w, "house", p.houseView(r.Context(), state))
}

// ServeSensor serves one sensor, by the id in the query.
func (p *Pages) ServeSensor(w http.ResponseWriter, r *http.Request) {
	state, id := p.State(), r.URL.Query().Get("id")
	for i, s := range state.Sensors {
		if s.ID == id && !s.Hidden {
			p.draw(w, "sensor", p.sensorView(r.Context(), state, i))
			return
		}
	}
	http.Error(w, "no sensor here has this id; the list is on /", http.StatusNotFound)
}

func (p *Pages) draw(w http.ResponseWriter, name string, view any) {
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, view); err != nil {
		p.Logger.Error("drawing a page", "page", name, "err", err)
		http.Error(w, "the page could not be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	p.send(w, "text/html; charset=utf-8", &body)
}

func (p *Pages) send(w http.ResponseWriter, kind string, body *bytes.Buffer) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if _, err := body.WriteTo(w); err != nil {
		p.Logger.Debug("sending a page", "err", err) // nobody is listening any more
	}
}

// wantsText reports whether a client is better served with text: one that people
// type, or that says what it takes and does not name pages.
func wantsText(r *http.Request) bool {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	if strings.Contains(accept, "text/html") || strings.Contains(accept, "application/xhtml+xml") {
		return false
	}
	agent, _, _ := strings.Cut(strings.ToLower(r.UserAgent()), "/")
	return accept != "" || cmp.Or(agent, "none") == "curl" || agent == "wget"
}
