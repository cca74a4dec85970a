// Package housepage is the house as a page for people: all of it on one, worst first,
// and one more for each sensor. Of several houses there is a page with a line for each
// besides (houses.go), which leads to those of a house.
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
	//go:embed houses.html
	housesHTML string
	//go:embed chart.svg
	chartSVG string
	//go:embed page.css
	pageCSS string

	// style is the same in every page.
	style = template.CSS(pageCSS)

	templates = parse(map[string]string{"house": houseHTML, "sensor": sensorHTML, "houses": housesHTML, "chart": chartSVG})
)

// parse reads the templates; what they define is shared by all.
func parse(texts map[string]string) *template.Template {
	all := template.New("")
	for name, text := range texts {
		template.Must(all.New(name).Parse(text))
	}
	return all
}

// policy lets a page have its own style sheet, the icon that stands in it and a form that
// leads to where it came from, and nothing else: no script, no other picture, no frame
// around it.
var policy = fmt.Sprintf(
	"default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
	hashOf(pageCSS))

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// ServeHouse serves the house, as a page or as text.
func (p *Pages) ServeHouse(w http.ResponseWriter, r *http.Request) { p.serveHouse(w, r, place{}) }

func (p *Pages) serveHouse(w http.ResponseWriter, r *http.Request, at place) {
	w.Header().Add("Vary", "Accept, User-Agent")
	state := p.State()
	if wantsText(r) {
		var text bytes.Buffer
		if at.Several {
			writeMissing(&text, p.Missing())
		}
		_ = wording.Table(&text, state) // a buffer takes all
		send(w, p.Logger, "text/plain; charset=utf-8", http.StatusOK, &text)
		return
	}
	draw(w, p.Logger, "house", http.StatusOK, p.houseView(r.Context(), state, at))
}

// ServeSensor serves one sensor, by the id in the query.
func (p *Pages) ServeSensor(w http.ResponseWriter, r *http.Request) { p.serveSensor(w, r, place{}) }

func (p *Pages) serveSensor(w http.ResponseWriter, r *http.Request, at place) {
	state, id := p.State(), r.URL.Query().Get("id")
	for i, s := range state.Sensors {
		if s.ID == id && !s.Hidden {
			draw(w, p.Logger, "sensor", http.StatusOK, p.sensorView(r.Context(), state, i, at))
			return
		}
	}
	http.Error(w, "no sensor here has this id; the list is on "+at.Here(), http.StatusNotFound)
}

// draw sends a page.
func draw(w http.ResponseWriter, logger *slog.Logger, name string, status int, view any) {
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, view); err != nil {
		logger.Error("drawing a page", "page", name, "err", err)
		http.Error(w, "the page could not be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	send(w, logger, "text/html; charset=utf-8", status, &body)
}

func send(w http.ResponseWriter, logger *slog.Logger, kind string, status int, body *bytes.Buffer) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := body.WriteTo(w); err != nil {
		logger.Debug("sending a page", "err", err) // nobody is listening any more
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
