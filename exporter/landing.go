package exporter

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"picotop/house"
	"picotop/internal/format"
	"picotop/internal/wording"
)

//go:embed landing.html
var landingHTML string

//go:embed landing.css
var landingCSS string

var landing = template.Must(template.New("landing").Parse(landingHTML))

// landingPolicy lets the page have its own style sheet and nothing else: no
// script, no picture, no form, no frame around it.
var landingPolicy = fmt.Sprintf(
	"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	hashOf(landingCSS))

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// A page is what the landing page shows, all of it in words.
type page struct {
	Style    template.CSS
	Version  string
	At       string
	Warnings []string // worst first
	Missing  []string // what keeps the program from being ready
	Rows     []row
	Metrics  string // the path
}

// A row is one sensor on the landing page.
type row struct {
	Name, Now, Low, High, Age string
	Silent                    bool
}

func (e *Exporter) serveLanding(w http.ResponseWriter, _ *http.Request) {
	state := e.source.State()
	p := page{
		Style:    template.CSS(landingCSS),
		Version:  e.version,
		At:       state.At.Format("15:04:05"),
		Warnings: wording.Conditions(state),
		Missing:  missing(e.source.Status()),
		Rows:     rows(state),
		Metrics:  e.metrics,
	}
	var body bytes.Buffer
	if err := landing.Execute(&body, p); err != nil {
		e.logger.Error("drawing the landing page", "err", err)
		servePlain(w, http.StatusInternalServerError, "the page could not be drawn")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", landingPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if _, err := body.WriteTo(w); err != nil {
		e.logger.Debug("sending the landing page", "err", err) // nobody is listening any more
	}
}

func rows(state house.State) []row {
	rows := make([]row, len(state.Sensors))
	for i, s := range state.Sensors {
		rows[i] = row{Name: s.Label(), Silent: s.Silent, Low: extreme(s.Low), High: extreme(s.High)}
		if s.Valid {
			rows[i].Now = format.Celsius(s.Celsius)
		}
		if s.Valid && s.Silent {
			rows[i].Now = "(" + rows[i].Now + ")"
		}
		if !s.Heard.IsZero() {
			rows[i].Age = format.Ago(state.At.Sub(s.Heard))
		}
	}
	return rows
}

func extreme(x house.Extreme) string {
	if x.At.IsZero() {
		return ""
	}
	return format.Celsius(x.Celsius)
}
