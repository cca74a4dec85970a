package homeassistant

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"
)

const (
	keepAlive      = 30 // seconds; after one and a half of it the broker tells the last will
	connectTimeout = 10 * time.Second
	answerTimeout  = 10 * time.Second // of one message
	// slowest is how long after an attempt that failed the next one may be.
	slowest = time.Minute
	// lasting is how long a connection has to last for the next one to be made at once: two
	// clients of one name throw each other out.
	lasting = 30 * time.Second
	// maxReceived is how long a message may be that the broker sends, in bytes.
	maxReceived = 64 << 10
	// maxTopic is how long a topic may be that is kept track of, in bytes. picotop's own
	// are shorter; others could fill the memory.
	maxTopic = 512
	// refusedFrom are the reasons with which MQTT 5 refuses.
	refusedFrom = 0x80
	takenOver   = 0x8e
	// withWill is the reason of a disconnection after which the broker tells the last will.
	withWill = 0x04
)

// What availability and birth messages say.
const (
	online  = "online"
	offline = "offline"
)

// A connection is one to a broker, which is made again whenever it is lost.
type connection struct {
	topics topics
	now    func() time.Time
	cm     *autopaho.ConnectionManager
	cancel context.CancelFunc
	parted atomic.Bool // the broker was told that picotop goes

	mu    sync.Mutex // guards the rest
	up    bool
	fresh bool     // it came up, and nobody has taken notice
	born  bool     // Home Assistant came up, likewise
	found []string // topics that the broker has retained, likewise
	err   error    // why it is not up
	since time.Time
	short int // how many times in a row it was lost soon after since, when it came up
}

// connect begins to connect, and goes on until close.
func connect(b Broker, t topics, clientID string, now func() time.Time) (*connection, error) {
	c := &connection{topics: t, now: now}
	cfg, err := c.config(b, clientID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.cm, err = autopaho.NewConnection(ctx, cfg)
	if err != nil {
		cancel()
		return nil, err
	}
	return c, nil
}

func (c *connection) config(b Broker, clientID string) (autopaho.ClientConfig, error) {
	u, err := url.Parse(b.URL)
	if err != nil {
		return autopaho.ClientConfig{}, err
	}
	security := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if b.CA != "" {
		security.RootCAs = x509.NewCertPool()
		if !security.RootCAs.AppendCertsFromPEM([]byte(b.CA)) {
			return autopaho.ClientConfig{}, errNoCertificate
		}
	}
	return autopaho.ClientConfig{
		ServerUrls: []*url.URL{u}, TlsCfg: security,
		KeepAlive: keepAlive, ConnectTimeout: connectTimeout, ReconnectBackoff: c.pause,
		// Nothing outlasts a connection at the broker: all that matters is sent anew.
		CleanStartOnInitialConnection: true,
		ConnectUsername:               b.User, ConnectPassword: []byte(b.Password),
		ConnectPacketBuilder: func(p *paho.Connect, _ *url.URL) (*paho.Connect, error) {
			most := uint32(maxReceived)
			p.Properties = &paho.ConnectProperties{MaximumPacketSize: &most}
			return p, nil
		},
		DisconnectPacketBuilder: c.disconnect,

		WillMessage:      &paho.WillMessage{Topic: c.topics.availability(), Payload: []byte(offline), QoS: 1, Retain: true},
		OnConnectionUp:   func(*autopaho.ConnectionManager, *paho.Connack) { c.cameUp() },
		OnConnectionDown: func() bool { c.wentDown(nil); return true },
		OnConnectError:   c.wentDown,
		ClientConfig: paho.ClientConfig{
			ClientID:           clientID,
			OnPublishReceived:  []func(paho.PublishReceived) (bool, error){c.received},
			OnClientError:      func(error) { c.wentDown(errLost) },
			OnServerDisconnect: c.sentAway,
		},
	}, nil
}

// pause is how long to wait before an attempt, of which so many have failed.
func (c *connection) pause(failed int) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if failed == 0 && c.since.IsZero() {
		return 0
	}
	return min(time.Second<<min(failed+c.short, 10), slowest)
}

func (c *connection) cameUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up, c.fresh, c.since = true, true, c.now()
}

// wentDown notes that there is no connection. Without err nobody knows why, or it is
// known already.
func (c *connection) wentDown(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.up {
		c.up, c.err = false, errLost
		if c.short++; c.now().Sub(c.since) >= lasting {
			c.short = 0
		}
		if c.short >= 3 {
			c.err = errThrownOut // not all brokers say so
		}
	}
	if err != nil && (c.err == nil || !errors.Is(err, errLost)) {
		c.err = err
	}
}

// sentAway notes that the broker ended the connection.
func (c *connection) sentAway(d *paho.Disconnect) {
	if d.ReasonCode == takenOver {
		c.wentDown(errThrownOut)
		return
	}
	c.wentDown(errLost)
}

// received takes what the broker sends: what it has retained, and that Home Assistant
// came up.
func (c *connection) received(p paho.PublishReceived) (handled bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch m := p.Packet; {
	case m.Topic == c.topics.birth():
		c.born = c.born || !m.Retain && string(m.Payload) == online
	case m.Retain && len(m.Payload) > 0 && len(m.Topic) <= maxTopic && len(c.found) < maxFound:
		c.found = append(c.found, strings.Clone(m.Topic))
	}
	return true, nil
}

// news is what happened since it was asked last.
func (c *connection) news() (up, fresh, born bool, found []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	up, fresh, born, found, err = c.up, c.fresh, c.born, c.found, c.err
	c.fresh, c.born, c.found = false, false, nil
	return up, fresh, born, found, err
}

// subscribe asks for what the broker has retained, and for word of Home Assistant. It
// returns a [*refusedError] if the broker does not grant all of it.
func (c *connection) subscribe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	s := &paho.Subscribe{}
	for _, f := range slices.Concat(c.topics.filters(), []string{c.topics.birth()}) {
		s.Subscriptions = append(s.Subscriptions, paho.SubscribeOptions{Topic: f, QoS: 1})
	}
	answer, err := c.cm.Subscribe(ctx, s)
	if answer == nil {
		return err
	}
	for i, reason := range answer.Reasons[:min(len(answer.Reasons), len(s.Subscriptions))] {
		if reason >= refusedFrom {
			return &refusedError{topic: s.Subscriptions[i].Topic, reading: true}
		}
	}
	return err
}

// publish sends a message and waits for the answer. refused says that the broker will
// not have it, err that it did not answer.
func (c *connection) publish(ctx context.Context, m message) (refused bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	answer, err := c.cm.Publish(ctx, &paho.Publish{Topic: m.topic, Payload: m.payload, Retain: m.retain, QoS: 1})
	if answer != nil && answer.ReasonCode >= refusedFrom {
		return true, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errNoAnswer
	}
	return false, err
}

// disconnect is the last packet to the broker. Unless that was told that picotop goes, it
// is to tell the last will, as if the connection were cut.
func (c *connection) disconnect() *paho.Disconnect {
	if c.parted.Load() {
		return &paho.Disconnect{}
	}
	return &paho.Disconnect{ReasonCode: withWill}
}

// close ends the connection. told says that the broker knows that picotop goes.
func (c *connection) close(ctx context.Context, told bool) {
	c.parted.Store(told)
	_ = c.cm.Disconnect(ctx) // who does not answer is left
	c.cancel()
}
