package cli

import (
	"context"
	"errors"
	"time"

	"picotop/history"
	"picotop/house"
	"picotop/internal/peer"
	"picotop/ui"
)

// State implements [ui.Source].
func (t *truth) State() house.State {
	local, client, _ := t.whom()
	switch {
	case local != nil:
		return shown{local}.State()
	case client != nil:
		last, _, _ := client.Last()
		st := last.State()
		// Two programs may by chance be at the same revision.
		st.Revision += uint64(last.PID) << 32
		return st
	}
	return house.State{At: t.now()}
}

// Health implements [ui.Source].
func (t *truth) Health() ui.Health {
	local, client, origin := t.whom()
	var h ui.Health
	switch {
	case local != nil:
		h = shown{local}.Health()
	case client != nil:
		last, _, _ := client.Last()
		h.Status = last.Status()
	}
	h.Origin = origin
	return h
}

// Range implements [ui.Source].
func (t *truth) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	local, client, _ := t.whom()
	switch {
	case local != nil:
		return shown{local}.Range(ctx, sensor, from, to, step)
	case client != nil:
		return client.Range(ctx, sensor, from, to, step)
	}
	return nil, errors.New("there is no history at the moment")
}

// whom returns who is asked now: at most one of both.
func (t *truth) whom() (*program, *peer.Client, ui.Origin) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local != nil {
		return t.local, nil, t.origin
	}
	return nil, t.client, t.origin
}
