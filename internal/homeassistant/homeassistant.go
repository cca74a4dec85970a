// Package homeassistant shows a house in Home Assistant, by MQTT: each sensor, each Pico
// and each warning appears there by itself.
//
// A [Publisher] is shown the house once a second with Update, which never waits, and
// tells the broker by itself while Run runs. There is no queue: what the broker should
// have follows from the latest state (entities.go, discovery.go), and what it was sent
// is remembered by topic (board.go). So a broker that is down for days costs nothing,
// and gets what is true when it is back.
//
// What describes an entity, whether a warning stands, and whether picotop is there is
// retained, so that Home Assistant knows it at once after its own restart. A temperature
// is not: who subscribes later would take an old one for new, and would count the time
// after which it expires from then on. It is sent again when Home Assistant comes up.
//
// connection.go speaks with the broker, fault.go words what it cannot do, topic.go makes
// names that are safe in topics.
package homeassistant

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"picotop/house"
	"picotop/internal/status"
)

const (
	// workEvery is how often the broker is told what is new.
	workEvery = time.Second
	// finish is how long the end may take: the broker is told that picotop goes. parting
	// is how long the connection may take to end after that.
	finish  = 2 * time.Second
	parting = time.Second
)

// DefaultDiscovery is the topic below which Home Assistant looks for devices, unless it
// is told otherwise.
const DefaultDiscovery = "homeassistant"

// A Config says which broker to tell, and what the owner says of the house.
type Config struct {
	Broker Broker
	// Area and PicoArea say in which room a sensor or a Pico is; empty if nobody said.
	// nil means that of none it was said.
	Area     func(house.Sensor) string
	PicoArea func(house.Pico) string
}

// A Broker is a program that speaks MQTT 5. The zero value is none.
type Broker struct {
	URL       string // mqtt://HOST:PORT, or mqtts:// with TLS; empty means that nobody is told
	User      string
	Password  string // secret
	CA        string // certificates, in PEM, that vouch for the broker; empty means the system's
	Discovery string // topic below which Home Assistant looks; empty means DefaultDiscovery
	Topic     string // below which picotop's own topics are; empty means picotop/ and the host
}

// Options are what a Publisher needs besides its Config.
type Options struct {
	Host    string // name of this machine
	Data    string // the data directory; with the host it tells one picotop from another
	Version string // of the program
	// KeepUnknown is how long after the start an entity is kept that an earlier run
	// described and that this one knows nothing of.
	KeepUnknown time.Duration

	Logger *slog.Logger
	Now    func() time.Time
}

// A Publisher is safe for concurrent use. Make one with New.
type Publisher struct {
	opts    Options
	changed chan struct{} // holds a word when cfg is new
	latest  atomic.Pointer[house.State]

	mu    sync.Mutex // guards the rest
	cfg   Config
	stats status.MQTT
}

// New returns a Publisher, which tells nobody anything until Run.
func New(cfg Config, opts Options) *Publisher {
	return &Publisher{opts: opts, cfg: cfg, changed: make(chan struct{}, 1)}
}

// SetConfig changes which broker is told. One that is no longer told forgets the house.
func (p *Publisher) SetConfig(cfg Config) {
	p.mu.Lock()
	p.cfg = cfg
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// Update shows the house as it is now. It never waits; st must not be changed later.
func (p *Publisher) Update(st house.State) { p.latest.Store(&st) }

// Stats says how the telling goes. Its Broker is empty if none is told.
func (p *Publisher) Stats() status.MQTT {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}

func (p *Publisher) config() Config {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cfg
}

// Run tells the broker until ctx ends. At its end it says that picotop goes.
func (p *Publisher) Run(ctx context.Context) {
	tick := time.NewTicker(workEvery)
	defer tick.Stop()
	var s *session
	for {
		select {
		case <-ctx.Done():
			s.close(ctx, false)
			return
		case <-p.changed:
		case <-tick.C:
		}
		cfg := p.config()
		if s != nil && s.broker != cfg.Broker {
			s.close(ctx, !s.broker.sameTopics(cfg.Broker))
			s = nil
		}
		st := p.latest.Load()
		switch {
		case cfg.Broker.URL == "":
			p.setStats(func(m *status.MQTT) { m.Broker, m.Connected, m.DownSince, m.Err = "", false, time.Time{}, "" })
			continue
		case st == nil:
			continue
		case s == nil:
			s = p.open(ctx, cfg.Broker)
		}
		s.work(ctx, *st, cfg)
	}
}

func (p *Publisher) setStats(change func(*status.MQTT)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.stats)
}

// sameTopics reports whether what was told one broker is in its place at the other.
func (b Broker) sameTopics(other Broker) bool {
	return b.URL == other.URL && b.Discovery == other.Discovery && b.Topic == other.Topic
}
