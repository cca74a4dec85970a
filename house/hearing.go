package house

import "time"

const (
	// nothingAtAll is after how long it is a trouble that nothing was ever heard.
	nothingAtAll = 5 * time.Minute
	// nothingMore is after how long at the least it is one that nothing is heard any
	// more, and all Picos are silent.
	nothingMore = 2 * time.Minute
	// nothingElse is the same where what came last was of no sensor: nobody knows how
	// often that comes.
	nothingElse = leastMisses * learningInterval
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

// judgeHearingLocked decides whether no packet comes any more, not even seldom. If the
// house has one Pico only, its silence says the same, and is told instead.
func (h *House) judgeHearingLocked(now time.Time) {
	since := h.hearing.last
	if since.IsZero() || since.Before(h.resumed) {
		since = h.hearing.began
		if since.Before(h.resumed) {
			since = h.resumed
		}
	}
	var spoke time.Time
	senders, silent := 0, 0
	for addr, p := range h.picos {
		if !addr.IsValid() || p.sensors == 0 {
			continue
		}
		senders++
		if p.silent && !p.untold {
			silent++
		}
		if p.spoke.After(spoke) {
			spoke = p.spoke
		}
	}
	patience := nothingMore
	switch {
	case senders == 0 && h.hearing.last.IsZero():
		patience = nothingAtAll
	case h.hearing.last.After(spoke):
		patience = nothingElse
	}
	is := h.hearing.trouble != "" || senders != 1 && senders == silent && !since.IsZero() && now.Sub(since) > patience
	at := now
	if is && h.hearing.trouble == "" {
		at = since
	}
	h.turnLocked(&h.stands, subject{}, change{
		kind: NoPackets, is: is, at: at, text: h.hearing.trouble, event: Event{Text: h.hearing.trouble},
	})
}
