package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"picotop/house"
	"picotop/internal/engine"
	"picotop/internal/overview"
)

// knownFor is how long is believed which houses there are.
const knownFor = 10 * time.Minute

// engineHouses lists the houses of an engine, also those of which nothing comes any more.
// It is used by one goroutine at a time.
type engineHouses struct {
	client *engine.Client
	rules  house.Rules
	now    func() time.Time

	known   engine.Known
	knownAt time.Time
	asked   bool                 // whether it was asked for those that nobody knew of
	heard   map[string]time.Time // when each house was heard last; zero if nobody knows
}

func newEngineHouses(client *engine.Client, rules house.Rules, now func() time.Time) *engineHouses {
	return &engineHouses{client: client, rules: rules, now: now, heard: map[string]time.Time{}}
}

// read reads the list anew. Which houses there are it asks now and then.
func (e *engineHouses) read(ctx context.Context) (overview.List, error) {
	if e.now().Sub(e.knownAt) > knownFor {
		known, err := e.client.Known(ctx)
		if err != nil {
			return overview.List{}, err
		}
		e.known, e.knownAt, e.asked = known, e.now(), false
	}
	list, err := e.client.Houses(ctx, e.rules, e.known)
	if err != nil {
		return overview.List{}, err
	}
	return list, e.addGone(ctx, &list)
}

// addGone adds the houses of which nothing comes any more. When they were heard last is
// asked once.
func (e *engineHouses) addGone(ctx context.Context, list *overview.List) error {
	for _, name := range e.known.Names {
		if _, ok := e.heard[name]; !ok {
			e.heard[name] = time.Time{}
		}
	}
	there := map[string]bool{}
	for _, h := range list.Houses {
		there[h.Key] = true
		e.heard[h.Key] = h.Heard
	}
	var missing, unknown []string
	for name, heard := range e.heard {
		if !there[name] {
			missing = append(missing, name)
			if heard.IsZero() {
				unknown = append(unknown, name)
			}
		}
	}
	if len(unknown) > 0 && !e.asked {
		e.asked = true
		slices.Sort(unknown)
		heard, err := e.client.LastHeard(ctx, unknown)
		if err != nil {
			return err
		}
		maps.Copy(e.heard, heard)
	}
	for _, name := range missing {
		list.Houses = append(list.Houses, engine.Gone(name, e.heard[name], list.At))
	}
	list.Sort()
	return nil
}
