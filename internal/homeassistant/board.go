package homeassistant

import (
	"bytes"
	"time"
)

const (
	// readingEvery is how often one topic is told something new at the most, if it is not
	// retained.
	readingEvery = 5 * time.Second
	// wordsEvery is the same for a change that is not of the essence.
	wordsEvery = time.Minute
	// describedFor is how long an entity has to be described before it is told
	// something: Home Assistant subscribes to its topic first.
	describedFor = 2 * time.Second
	// refusedFor is how long a topic is left alone that the broker refused.
	refusedFor = 10 * time.Minute
	// maxFound bounds how many topics of earlier runs are kept track of.
	maxFound = 20000
)

// A board is what the broker has of this picotop, by topic.
type board struct {
	posted map[string]posted
	found  map[string]bool // retained by an earlier run, and not posted by this one
}

// posted is what was sent last.
type posted struct {
	payload []byte
	essence string
	at      time.Time
	retain  bool
	stale   bool // it has to be sent again, whatever it was
	refused bool
}

func newBoard() *board { return &board{posted: map[string]posted{}, found: map[string]bool{}} }

// again makes sure that all is sent once more.
func (b *board) again() {
	for topic, was := range b.posted {
		was.stale, was.refused = true, false
		b.posted[topic] = was
	}
}

// find notes what the broker has of an earlier run.
func (b *board) find(topic string) {
	if _, own := b.posted[topic]; !own && len(b.found) < maxFound {
		b.found[topic] = true
	}
}

// due are the messages that are to be sent now, in their order. What is no longer wanted
// is sent empty, which makes the broker forget it; that of earlier runs only if
// forgetFound says so.
func (b *board) due(wanted []message, forgetFound bool, now time.Time) []message {
	var list []message
	keep := make(map[string]bool, len(wanted))
	for _, m := range wanted {
		keep[m.topic] = true
		if b.isDue(m, now) {
			list = append(list, m)
		}
	}
	for topic, was := range b.posted {
		switch {
		case keep[topic]:
		case was.retain:
			list = append(list, message{topic: topic, retain: true})
		default:
			delete(b.posted, topic)
		}
	}
	for topic := range b.found {
		switch {
		case keep[topic]:
			delete(b.found, topic)
		case forgetFound:
			list = append(list, message{topic: topic, retain: true})
		}
	}
	return list
}

func (b *board) isDue(m message, now time.Time) bool {
	if m.described != "" {
		d, ok := b.posted[m.described]
		if !ok || d.stale || now.Sub(d.at) < describedFor {
			return false
		}
	}
	was, ok := b.posted[m.topic]
	since := now.Sub(was.at)
	switch {
	case !ok || was.stale:
		return true
	case was.refused:
		return since >= refusedFor
	case bytes.Equal(was.payload, m.payload):
		return false
	case !m.retain:
		return since >= readingEvery
	case m.essence != "" && m.essence == was.essence:
		return since >= wordsEvery
	}
	return true
}

// sent notes that the broker took a message, or refused it.
func (b *board) sent(m message, refused bool, now time.Time) {
	delete(b.found, m.topic)
	if len(m.payload) == 0 {
		delete(b.posted, m.topic)
		return
	}
	b.posted[m.topic] = posted{payload: m.payload, essence: m.essence, at: now, retain: m.retain, refused: refused}
}

// isRefused reports whether the broker refused a message that is still wanted.
func (b *board) isRefused() bool {
	for _, was := range b.posted {
		if was.refused {
			return true
		}
	}
	return false
}
