package house

import (
	"maps"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

const (
	// MaxEvents is how many events a State has at the most.
	MaxEvents = 100
	// maxUntaken is how many events wait to be taken. If nobody takes them the oldest
	// go.
	maxUntaken = 1000
	// A sensor whose name or whose value is never the same twice is told of a
	// few times, and then now and then.
	toldAtOnce = 6
	toldEvery  = 10 * time.Minute
)

func newTeller() *rate.Limiter { return rate.NewLimiter(rate.Every(toldEvery), toldAtOnce) }

// TakeEvents returns the events since the last call in the order in which they were
// told, which for a silence is later than when it began. The caller owns them.
func (h *House) TakeEvents() []Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.untaken
	h.untaken = nil
	return out
}

// relabelLocked shows the events of a sensor under its new label: what history calls it
// may differ from how its Pico spells it, and from how the owner does.
func (h *House) relabelLocked(s *sensor, label string) {
	for i := range h.events {
		if e := &h.events[i]; e.Sensor == s.id && e.Kind != Renamed {
			e.Label = label
		}
	}
}

// addEventLocked adds an event, at its place in time: a silence is noticed later
// than it began.
//
// It reports whether the event was told, which one of the past may have been before.
func (h *House) addEventLocked(e Event) bool {
	if h.recallingLocked() {
		switch e.Kind {
		case NewSensor, Renamed, SetAside:
			return false // was told when it happened
		case Silent: // may have begun before the last event that was told
		default:
			if h.past.knows(e) {
				return false
			}
		}
	}
	h.listLocked(e)
	if len(h.untaken) == maxUntaken {
		h.untaken = h.untaken[1:]
	}
	h.untaken = append(h.untaken, e)
	return true
}

// listLocked puts an event into the list that State shows.
func (h *House) listLocked(e Event) {
	i := len(h.events)
	for i > 0 && e.At.Before(h.events[i-1].At) {
		i--
	}
	h.events = BoundEvents(slices.Insert(h.events, i, e), MaxEvents)
}

// BoundEvents leaves at most so many of events. Of the kind that is commonest the first
// go, so that what happens all the time does not drive out what happened once. It changes
// the slice, and returns what is left of it.
func BoundEvents(events []Event, most int) []Event {
	if len(events) <= most {
		return events
	}
	count := map[Kind]int{}
	for _, e := range events {
		count[e.Kind]++
	}
	for len(events) > most {
		highest := slices.Max(slices.Collect(maps.Values(count)))
		first := slices.IndexFunc(events, func(e Event) bool { return count[e.Kind] == highest })
		count[events[first].Kind]--
		events = slices.Delete(events, first, first+1)
	}
	return events
}
