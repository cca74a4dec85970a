package house

import "time"

// SetTrouble tells the house of what keeps the program from watching it, which others
// find out: NoPackets, CannotStore or ClockNotSet, and why in a few words. An empty
// text ends it. Another kind is ignored.
func (h *House) SetTrouble(kind Kind, text string, now time.Time) {
	if !kind.OfHouse() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if kind == NoPackets {
		h.hearing.trouble = text
		h.judgeHearingLocked(now)
		return
	}
	h.turnLocked(&h.stands, subject{}, change{kind: kind, is: text != "", at: now, text: text, event: Event{Text: text}})
}
