package homeassistant

import (
	"context"
	"time"
)

// subscribeSlowest is how long after an attempt that failed the broker is asked again at the
// latest: who may not read there does not learn that he may.
const subscribeSlowest = 10 * time.Minute

// A subscription is what the broker has to grant on each connection, or else nobody knows
// what an earlier run left there, and when Home Assistant comes up. The zero value is to be
// asked for at once.
type subscription struct {
	granted bool
	failed  int       // attempts
	next    time.Time // not before
}

// due reports whether to ask for it now.
func (s *subscription) due(now time.Time) bool { return !s.granted && !now.Before(s.next) }

// note takes the answer. After one that is none, or no, it waits twice as long each time.
func (s *subscription) note(err error, now time.Time) {
	if s.granted = err == nil; s.granted {
		return
	}
	s.failed++
	s.next = now.Add(min(time.Second<<min(s.failed, 10), subscribeSlowest))
}

// subscribe asks the broker for what it has retained, if that is due, and says once that it
// does not answer or refuses.
func (s *session) subscribe(ctx context.Context) {
	if !s.subscription.due(s.opts.Now()) {
		return
	}
	err := s.conn.subscribe(ctx)
	if ctx.Err() != nil {
		return
	}
	s.subscription.note(err, s.opts.Now())
	switch failed := s.subscription.failed; {
	case err != nil && failed == 1:
		f := explain(err, s.broker)
		s.opts.Logger.Warn("what is gone cannot be taken away at the MQTT broker, which is asked again", "err", f.text, "hint", f.hint)
	case err == nil && failed > 0:
		s.opts.Logger.Info("the MQTT broker tells what it has", "broker", s.broker.URL)
	}
}
