package peer

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"picotop/feed"
	"picotop/house"
)

// PathPast is where is told what was wrong.
const PathPast = "/api/house/past"

// A Past is what was wrong in a time, newest first.
type Past struct {
	API        string          `json:"api"`     // always Name
	Version    int             `json:"version"` // of the form
	Conditions []PastCondition `json:"conditions"`
}

// A PastCondition is something that was wrong for a time.
type PastCondition struct {
	Kind   string    `json:"kind"`
	Label  string    `json:"label,omitempty"` // empty if it was of the house
	Pico   bool      `json:"pico,omitempty"`
	Sensor string    `json:"sensor,omitempty"` // its ID
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Lasts  bool      `json:"lasts,omitempty"`
}

// PastConditionOf is what was wrong as it is told.
func PastConditionOf(c house.PastCondition) PastCondition {
	return PastCondition{
		Kind: string(c.Kind), Label: c.Label, Pico: c.Pico, Sensor: c.Sensor, From: c.From, To: c.To, Lasts: c.Lasts,
	}
}

// PastCondition is the same for a screen, with its text cleaned.
func (c PastCondition) PastCondition() house.PastCondition {
	text := func(s string) string { return feed.Clean(s, maxText) }
	return house.PastCondition{
		Kind: house.Kind(text(c.Kind)), Label: text(c.Label), Pico: c.Pico, Sensor: text(c.Sensor),
		From: c.From, To: c.To, Lasts: c.Lasts,
	}
}

func (h *handler) past(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, fromErr := time.Parse(time.RFC3339Nano, q.Get("from"))
	to, toErr := time.Parse(time.RFC3339Nano, q.Get("to"))
	if fromErr != nil || toErr != nil {
		http.Error(w, "needs from and to such as 2026-11-23T21:47:00Z", http.StatusBadRequest)
		return
	}
	if !take(h.ranges) {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	defer give(h.ranges)
	ctx, cancel := context.WithTimeout(r.Context(), writeTimeout)
	defer cancel()
	list, err := h.src.Past(ctx, from, to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	out := Past{API: Name, Version: Version, Conditions: []PastCondition{}}
	for _, c := range list {
		out.Conditions = append(out.Conditions, PastConditionOf(c))
	}
	answer(w, out)
}

// errTellsNoPast is what an older picotop has instead of an answer.
var errTellsNoPast = errors.New("the picotop there is older, and tells of no more")

// Past asks what was wrong: what began in [from, to], newest first, and at most
// [house.MaxPast] of it.
func (c *Client) Past(ctx context.Context, from, to time.Time) ([]house.PastCondition, error) {
	var p Past
	err := c.getHistory(ctx, PathPast, &p, &p.API, url.Values{
		"from": {from.UTC().Format(time.RFC3339Nano)},
		"to":   {to.UTC().Format(time.RFC3339Nano)},
	})
	if status, ok := errors.AsType[*statusError](err); ok && status.code == http.StatusNotFound {
		return nil, errTellsNoPast
	}
	if err != nil {
		return nil, err
	}
	var list []house.PastCondition
	for _, one := range p.Conditions[:min(len(p.Conditions), house.MaxPast)] {
		list = append(list, one.PastCondition())
	}
	return list, nil
}
