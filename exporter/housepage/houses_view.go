package housepage

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"picotop/internal/format"
	"picotop/internal/overview"
	"picotop/internal/wording"
)

// A listView is what the page of all houses shows, all of it in words.
type listView struct {
	Style    template.CSS
	Version  string
	Metrics  string // the path
	From     string
	At       string // empty if nothing was ever read
	Headline string // how the houses are, in a few words
	Mood     mood
	Counts   string
	Warnings int
	Missing  []string // what keeps it from being up to date
	Search   string   // empty if nothing is searched for
	Found    string   // how many of all were found
	Houses   []houseLine
	More     bool // there are more than are told

	found []overview.House
}

// A houseLine is one house of the list.
type houseLine struct {
	Link, Name    string
	Mood          mood
	Worst         string
	Silent        string // who is silent besides; empty if nobody is
	Coldest       string // empty if nothing is measured
	ColdestSensor string
	Heard         string // empty if nobody knows
	Stale         bool   // nothing is heard of it
}

// A noticeView is what a page of one sentence shows.
type noticeView struct {
	Style    template.CSS
	Version  string
	Headline string
	Text     string
}

func (s *Site) listView(list overview.List, q string) listView {
	v := listView{
		Style: style, Version: s.Version, Metrics: s.Metrics, From: s.Houses.From(),
		Missing: s.Houses.Missing(), Search: searched(q), More: list.More > 0,
	}
	if list.At.IsZero() {
		v.Headline, v.Mood = "Nothing read yet", note
		return v
	}
	v.At = list.At.Format("15:04:05")
	counts, wrong := list.Summary()
	v.Counts, v.Warnings = counts, list.Warnings()
	v.Headline, v.Mood = "All is well", well
	for _, h := range list.Houses[:min(v.Warnings, 1)] { // the worst is the first
		v.Headline, v.Mood = strings.ReplaceAll(wrong, "  ", ", "), moodOf(h.Kind)
	}
	v.found = search(list.Houses, v.Search)
	v.Found = fmt.Sprintf("%d of %d", len(v.found), len(list.Houses))
	for _, h := range v.found {
		v.Houses = append(v.Houses, lineOf(h, list.At))
	}
	return v
}

// lineOf says in words what is known of a house.
func lineOf(h overview.House, now time.Time) houseLine {
	l := houseLine{
		Link: place{Several: true, Key: h.Key}.Here(), Name: h.Label(), Mood: well,
		Worst:  h.Worst(func(c float64) string { return format.Celsius(c) + " °C" }, func(t time.Time) string { return wording.Moment(t, now) }),
		Silent: h.AlsoSilent(), Stale: h.NothingIsHeard,
	}
	if h.Kind != "" {
		l.Mood = moodOf(h.Kind)
	}
	if h.ColdestSensor != "" {
		l.Coldest, l.ColdestSensor = format.Celsius(h.Coldest), h.ColdestSensor
	}
	if !h.Heard.IsZero() {
		l.Heard = format.Age(max(now.Sub(h.Heard), 0))
	}
	return l
}
