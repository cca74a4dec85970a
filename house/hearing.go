package house

import "time"

const (
	// nothingAtAll is after how long it is a trouble that nothing was ever heard.
	nothingAtAll = 5 * time.Minute
	// nothingMore is after how long at the least it is one that nothing is heard any
	// more.
	nothingMore = 2 * time.Minute
)

// hearing is whether anything is heard at all.
type hearing struct {
	began   time.Time // the first moment that the house was told of
	last    time.Time // the last packet of any kind; zero if there was none
	trouble string    // as told by SetTrouble
}

// heardAnyLocked notes a packet of any kind.
func (h *House) heardAnyLocked(at time.Time) {
	h.hearing.last = at
	if h.hearing.began.IsZero() {
		h.hearing.began = at
	}
	if h.stands.has(NoPackets) {
		h.judgeHearingLocked(at)
	}
}

// judgeHearingLocked decides whether no packet comes any more. If the house has one
// Pico only its silence says the same, and is told instead.
func (h *House) judgeHearingLocked(now time.Time) {
	since := h.hearing.last
	if since.IsZero() || since.Before(h.resumed) {
		since = h.hearing.began
		if since.Before(h.resumed) {
			since = h.resumed
		}
	}
	senders, patience := 0, nothingAtAll
	for addr, p := range h.picos {
		if addr.IsValid() && p.sensors > 0 {
			senders++
			patience = min(patience, max(nothingMore, leastMisses*p.interval))
		}
	}
	is := h.hearing.trouble != "" || senders != 1 && !since.IsZero() && now.Sub(since) > patience
	at := now
	if is && h.hearing.trouble == "" {
		at = since
	}
	h.turnLocked(&h.stands, subject{}, change{
		kind: NoPackets, is: is, at: at, text: h.hearing.trouble, event: Event{Text: h.hearing.trouble},
	})
}
