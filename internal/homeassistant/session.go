package homeassistant

import (
	"context"
	"fmt"
	"time"

	"picotop/house"
	"picotop/internal/status"
)

// bornEvery is how often all may be sent again because Home Assistant came up: anybody
// may say so.
const bornEvery = 10 * time.Second

// A session is the telling of one broker. nil is none.
type session struct {
	*Publisher
	broker  Broker
	conn    *connection // nil if it cannot even be tried
	desc    *describer
	board   *board
	began   time.Time
	told    string    // the fault of which the log was told last
	born    time.Time // when all was sent again last, since Home Assistant came up
	waiting bool      // it came up since

	subscription subscription // of the connection that there is
}

func (p *Publisher) open(ctx context.Context, b Broker) *session {
	t := newTopics(b, p.opts.Host)
	s := &session{Publisher: p, broker: b, desc: newDescriber(t, p.opts.Version), board: newBoard(), began: p.opts.Now()}
	p.setStats(func(m *status.MQTT) {
		m.Broker, m.Connected, m.DownSince, m.Err = b.URL, false, s.began, ""
	})
	var err error
	s.conn, err = connect(b, t, fmt.Sprintf("%s-%08x", safe("picotop-"+p.opts.Host), hash(p.opts.Data)), p.opts.Now)
	if err != nil {
		s.fail(ctx, err)
	}
	return s
}

// work tells the broker what is new. It takes no longer than one answer that does not come.
func (s *session) work(ctx context.Context, st house.State, cfg Config) {
	if s.conn == nil {
		return
	}
	up, fresh, born, found, err := s.conn.news()
	if !up {
		if err != nil {
			s.fail(ctx, err)
		}
		return
	}
	if fresh {
		s.board.again()
		s.subscription = subscription{}
	}
	s.subscribe(ctx)
	for _, topic := range found {
		s.board.find(topic)
	}
	now := s.opts.Now()
	s.waiting = s.waiting || born
	if s.waiting && now.Sub(s.born) >= bornEvery {
		s.waiting, s.born = false, now
		s.board.again()
	}
	forget := now.Sub(s.began) >= s.opts.KeepUnknown
	for _, m := range s.board.due(s.desc.wanted(st, cfg), forget, now) {
		if ctx.Err() != nil || !s.send(ctx, m) {
			return
		}
	}
	s.well()
}

// send sends one message, and reports whether to go on.
func (s *session) send(ctx context.Context, m message) bool {
	refused, err := s.conn.publish(ctx, m)
	switch {
	case err != nil:
		s.setStats(func(m *status.MQTT) { m.Failed++ })
		s.fail(ctx, err)
		return false
	case refused:
		s.setStats(func(m *status.MQTT) { m.Failed++ })
		s.fail(ctx, &refusedError{topic: m.topic})
	default:
		s.setStats(func(m *status.MQTT) { m.Published++ })
	}
	s.board.sent(m, refused, s.opts.Now())
	return true
}

// fail notes what is wrong, and says so once.
func (s *session) fail(ctx context.Context, err error) {
	f := explain(err, s.broker)
	now := s.opts.Now()
	s.setStats(func(m *status.MQTT) {
		m.Err = f.text
		if m.Connected && !f.partial {
			m.Connected, m.DownSince = false, now
		}
	})
	if f.text != s.told && ctx.Err() == nil {
		s.told = f.text
		s.opts.Logger.Warn("Home Assistant is not told", "broker", s.broker.URL, "err", f.text, "hint", f.hint)
	}
}

// well notes that the broker has all that it should have.
func (s *session) well() {
	was := s.Stats()
	partial := s.board.isRefused()
	s.setStats(func(m *status.MQTT) {
		m.Connected, m.DownSince = true, time.Time{}
		if !partial {
			m.Err = ""
		}
	})
	if !partial {
		s.told = ""
	}
	if !was.Connected {
		s.opts.Logger.Info("Home Assistant is told", "broker", s.broker.URL)
	}
}

// close says that picotop goes, or with all that the house is nobody's business any more.
// It takes a few seconds at the most.
func (s *session) close(ctx context.Context, all bool) {
	if s == nil || s.conn == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	told := s.farewell(ctx, all)
	ctx, cancel := context.WithTimeout(ctx, parting)
	defer cancel()
	s.conn.close(ctx, told)
}

// farewell publishes what is to be said at the end, and reports whether the broker took it.
func (s *session) farewell(ctx context.Context, all bool) (told bool) {
	ctx, cancel := context.WithTimeout(ctx, finish)
	defer cancel()
	if up, _, _, _, _ := s.conn.news(); !up {
		return false
	}
	list := []message{{topic: s.desc.availability(), payload: []byte(offline), retain: true}}
	if all {
		list = s.board.due(nil, true, s.opts.Now())
	}
	for n, m := range list {
		refused, err := s.conn.publish(ctx, m)
		switch {
		case err == nil && (!refused || all):
			continue
		case all:
			s.opts.Logger.Warn(
				"the MQTT broker keeps topics of this picotop", "broker", s.broker.URL, "topics", len(list)-n, "err", explain(err, s.broker).text,
				"hint", fmt.Sprintf("take them away, at the broker: mosquitto_sub -V 5 --remove-retained -W 5 -t '%s/#' -t '%s/+/%s/#'", s.desc.base, s.desc.discovery, s.desc.node),
			)
		}
		return false
	}
	return true
}
