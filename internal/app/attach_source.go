package app

import (
	"context"
	"errors"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/ui"
)

// State implements [ui.Source].
func (a *attach) State() house.State {
	local, client, _ := a.current()
	switch {
	case local != nil:
		return local.State()
	case client != nil:
		last, _, _ := client.Last()
		st := last.State()
		// Two programs may by chance be at the same revision.
		st.Revision += uint64(last.PID) << 32
		return st
	}
	return house.State{At: a.now()}
}

// Health implements [ui.Source].
func (a *attach) Health() ui.Health {
	local, client, origin := a.current()
	h := ui.Health{Origin: origin}
	switch {
	case local != nil:
		h.Status = local.Status()
	case client != nil:
		last, _, _ := client.Last()
		h.Status = last.Status()
	}
	return h
}

// Packets implements [ui.Source].
func (a *attach) Packets() []feed.Packet {
	local, client, _ := a.current()
	switch {
	case local != nil:
		return local.Packets()
	case client != nil:
		last, _, _ := client.Last()
		return last.FeedPackets()
	}
	return nil
}

// Decide implements [ui.Source].
func (a *attach) Decide(ctx context.Context, d house.Decision) error {
	local, client, _ := a.current()
	switch {
	case local != nil:
		return local.Decide(d)
	case client != nil:
		return client.Decide(ctx, d)
	}
	return errors.New("there is no house at the moment")
}

// Past implements [ui.Source].
func (a *attach) Past(ctx context.Context, from, to time.Time) ([]house.PastCondition, error) {
	local, client, _ := a.current()
	switch {
	case local != nil:
		return local.Past(ctx, from, to)
	case client != nil:
		return client.Past(ctx, from, to)
	}
	return nil, errors.New("there is no history at the moment")
}

// Range implements [ui.Source].
func (a *attach) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	local, client, _ := a.current()
	switch {
	case local != nil:
		return local.Range(ctx, sensor, from, to, step)
	case client != nil:
		return client.Range(ctx, sensor, from, to, step)
	}
	return nil, errors.New("there is no history at the moment")
}
