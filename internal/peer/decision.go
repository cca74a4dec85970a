package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"picotop/feed"
	"picotop/house"
)

// PathDecide is where a decision of the owner is taken, on the Unix socket alone.
const PathDecide = "/api/house/decide"

const (
	maxDecision = 4 << 10 // bytes
	maxRefusal  = 512     // bytes of an answer that says why a decision is not taken
)

// A Decision is what the owner decided, as [house.Decision] says.
type Decision struct {
	Action string    `json:"action"`
	At     time.Time `json:"at"`
	Sensor string    `json:"sensor,omitempty"` // its ID
	Pico   string    `json:"pico,omitempty"`   // its address
	Kind   string    `json:"kind,omitempty"`   // of condition
	Until  time.Time `json:"until,omitzero"`   // of a snooze
}

// DecisionOf is a decision as it is told.
func DecisionOf(d house.Decision) Decision {
	return Decision{
		Action: string(d.Action), At: d.At, Sensor: d.Sensor, Pico: d.Pico, Kind: string(d.Kind), Until: d.Until,
	}
}

// Decision is the same for a house, its text made clean.
func (d Decision) Decision() house.Decision {
	for _, s := range []*string{&d.Action, &d.Sensor, &d.Pico, &d.Kind} {
		*s = feed.Clean(*s, maxText)
	}
	return house.Decision{
		Action: house.Action(d.Action), At: d.At, Sensor: d.Sensor, Pico: d.Pico, Kind: house.Kind(d.Kind), Until: d.Until,
	}
}

// decide takes a decision from who may write to the socket. What comes by TCP is
// refused: a page elsewhere could send it, and there anybody may be at the other end.
func (h *handler) decide(w http.ResponseWriter, r *http.Request) {
	if here, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr); here == nil || here.Network() != "unix" {
		http.Error(w, "decisions are taken on the socket of this machine only", http.StatusForbidden)
		return
	}
	var d Decision
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxDecision)).Decode(&d); err != nil {
		http.Error(w, "this is no decision", http.StatusBadRequest)
		return
	}
	if err := h.src.Decide(d.Decision()); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ErrElsewhere says that a decision was for a picotop on another machine.
var ErrElsewhere = errors.New("a picotop elsewhere takes none from here; run picotop on its own machine")

// Decide tells the picotop what the owner decided. The error says in one line why it is
// not taken.
func (c *Client) Decide(ctx context.Context, d house.Decision) error {
	if c.target.Socket == "" {
		return ErrElsewhere
	}
	body, err := json.Marshal(DecisionOf(d))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+PathDecide, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNoContent:
		return nil
	case http.StatusConflict, http.StatusForbidden, http.StatusBadRequest:
		why, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
		if err != nil {
			return err
		}
		return errors.New(feed.Clean(strings.TrimSpace(string(why)), maxText))
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return errors.New("the picotop that runs is older than this, and takes none; restart it")
	}
	return fmt.Errorf("asking %s: it answers %q", c.target, resp.Status)
}
