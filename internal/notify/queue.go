package notify

import (
	"slices"
	"time"
)

const (
	firstRetry = 10 * time.Second
	lastRetry  = 15 * time.Minute
	// giveUp is how old a message may become: then it is news no longer.
	giveUp = 72 * time.Hour
)

// A queue is what one target is to be sent. At most one message is on its way: what
// happens meanwhile is told together in the next.
type queue struct {
	out    *Message
	retry  time.Time // when it is tried again
	tries  int
	number int

	at []time.Time // of the messages of the last hour

	sent, failed, dropped uint64
	err                   string // why the last attempt came to nothing
	told                  string // the same, as it was logged
}

// full reports whether the target was sent as much as it may be in an hour.
func (q *queue) full(now time.Time, perHour int) bool {
	q.at = slices.DeleteFunc(q.at, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	return perHour > 0 && len(q.at) >= perHour
}

// attempted notes what came of sending a target its message.
func (n *Notifier) attempted(target string, err error) {
	n.mu.Lock()
	n.attemptedLocked(target, err)
	text, number := n.stateLocked()
	n.mu.Unlock()
	n.save(text, number)
}

func (n *Notifier) attemptedLocked(target string, err error) {
	q := n.queues[target]
	if q == nil || q.out == nil {
		return
	}
	now := n.opts.Now()
	if err == nil {
		if q.told != "" {
			n.opts.Logger.Info("the target can be told again", "target", target)
		}
		n.opts.Logger.Info("told", "target", target, "message", q.out.Title)
		q.sent++
		q.at = append(q.at, now)
		q.out, q.err, q.told = nil, "", ""
		if q.full(now, allowed(n.cfg.PerHour, nil)) {
			n.opts.Logger.Warn("this target was told as often as it may be in an hour; what is more is told together later, but for what freezes", "target", target)
		}
		return
	}
	q.failed++
	q.err = err.Error()
	q.tries++
	wait := min(firstRetry<<min(q.tries-1, 10), lastRetry)
	q.retry = now.Add(wait)
	if q.err != q.told {
		q.told = q.err
		n.opts.Logger.Warn("telling came to nothing, and is tried again", "target", target, "err", err, "in", wait)
	}
	if now.Sub(q.out.At) > giveUp {
		n.opts.Logger.Error("a message is given up", "target", target, "message", q.out.Title, "err", err)
		q.dropped++
		q.out = nil
	}
}

// fail notes that a target cannot be told at all.
func (n *Notifier) fail(target string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if q := n.queues[target]; q != nil {
		q.failed++
		q.err = err.Error()
	}
}
