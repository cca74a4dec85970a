package housepage

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"picotop/internal/overview"
	"picotop/internal/wording"
)

// Houses is where the pages of several houses get what they show. Its methods are called
// by several at once.
type Houses interface {
	// List returns all houses as they were read last, worst first; its time is zero if they
	// never were. It may wait for newer ones, for a few seconds.
	List(ctx context.Context) overview.List
	// Missing says in words what keeps the list from being read; it is empty if nothing does.
	Missing() []string
	// House returns the pages of one, by its key. The error says in one line why there are
	// none at the moment.
	House(ctx context.Context, key string) (*Pages, error)
	// From is where all that is read.
	From() string
}

// SiteConfig is what the pages of several houses are made of. All of it is needed.
type SiteConfig struct {
	Houses  Houses
	Version string
	Metrics string // the path of the metrics
	Logger  *slog.Logger
}

// A Site serves the pages of several houses: one with a line for each, and those of each.
// Where there is one house alone its page is the first. The methods may be called by
// several at once.
type Site struct{ SiteConfig }

// NewSite returns the pages of several houses.
func NewSite(cfg SiteConfig) *Site { return &Site{SiteConfig: cfg} }

// ServeHouses serves the list of houses, as a page or as text; only those whose name has
// what the query's q says.
func (s *Site) ServeHouses(w http.ResponseWriter, r *http.Request) {
	list := s.Houses.List(r.Context())
	if !list.At.IsZero() && len(list.Houses) <= 1 {
		s.serveOnly(w, r, list)
		return
	}
	w.Header().Add("Vary", "Accept, User-Agent")
	view := s.listView(list, r.URL.Query().Get("q"))
	if wantsText(r) {
		var text bytes.Buffer
		writeMissing(&text, view.Missing)
		if !list.At.IsZero() {
			list.Houses = view.found
			_ = wording.Style{}.Houses(&text, list) // a buffer takes all
		}
		send(w, s.Logger, "text/plain; charset=utf-8", http.StatusOK, &text)
		return
	}
	draw(w, s.Logger, "houses", http.StatusOK, view)
}

// serveOnly serves the house where there is one alone. One without a name is not listed
// once nothing comes from it.
func (s *Site) serveOnly(w http.ResponseWriter, r *http.Request, list overview.List) {
	h := overview.House{}
	if len(list.Houses) == 1 {
		h = list.Houses[0]
	}
	pages, err := s.Houses.House(r.Context(), h.Key)
	if err != nil {
		s.serveNotice(w, "No house can be shown", err.Error(), http.StatusServiceUnavailable)
		return
	}
	pages.serveHouse(w, r, place{Several: true, Key: h.Key, Name: h.Name, Alone: true})
}

// ServeHouse serves one house, by the name in the query.
func (s *Site) ServeHouse(w http.ResponseWriter, r *http.Request) {
	if pages, at, ok := s.find(w, r, "name"); ok {
		pages.serveHouse(w, r, at)
	}
}

// ServeSensor serves one sensor, by the house and the id in the query.
func (s *Site) ServeSensor(w http.ResponseWriter, r *http.Request) {
	if pages, at, ok := s.find(w, r, "house"); ok {
		pages.serveSensor(w, r, at)
	}
}

// find finds the house that a parameter of the query names; it answers by itself if there
// is none.
func (s *Site) find(w http.ResponseWriter, r *http.Request, parameter string) (*Pages, place, bool) {
	key := r.URL.Query().Get(parameter)
	list := s.Houses.List(r.Context())
	for _, h := range list.Houses {
		if h.Key != key {
			continue
		}
		pages, err := s.Houses.House(r.Context(), key)
		if err != nil {
			s.serveNotice(w, h.Label()+" cannot be shown", err.Error(), http.StatusServiceUnavailable)
			return nil, place{}, false
		}
		return pages, place{Several: true, Key: key, Name: h.Label(), Alone: len(list.Houses) == 1}, true
	}
	if missing := s.Houses.Missing(); list.At.IsZero() && len(missing) > 0 {
		s.serveNotice(w, "No house can be shown", missing[0], http.StatusServiceUnavailable)
	} else {
		s.serveNotice(w, "There is no house of this name", "The list of houses has all that there are.", http.StatusNotFound)
	}
	return nil, place{}, false
}

// serveNotice serves a page of one sentence.
func (s *Site) serveNotice(w http.ResponseWriter, headline, text string, status int) {
	draw(w, s.Logger, "notice", status, noticeView{Style: style, Version: s.Version, Headline: headline, Text: text})
}

// writeMissing begins a text with what is missing.
func writeMissing(text *bytes.Buffer, missing []string) {
	for _, line := range missing {
		fmt.Fprintf(text, "! %s\n", line)
	}
}

// maxSearch bounds what is searched for, in bytes: no name is longer.
const maxSearch = 256

// search returns the houses whose name has a text, in any letter case.
func search(houses []overview.House, text string) []overview.House {
	if text == "" {
		return houses
	}
	var found []overview.House
	for _, h := range houses {
		if strings.Contains(strings.ToLower(h.Label()), strings.ToLower(text)) {
			found = append(found, h)
		}
	}
	return found
}

// searched is what a query searches for.
func searched(q string) string {
	text := strings.ToValidUTF8(strings.TrimSpace(q), "")
	return strings.ToValidUTF8(text[:min(len(text), maxSearch)], "")
}
