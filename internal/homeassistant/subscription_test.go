package homeassistant

import (
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestSubscriptionWaitsLonger(t *testing.T) {
	var s subscription
	now := noon
	no := errors.New("no")
	if !s.due(now) {
		t.Error("it is not asked for at once")
	}
	for _, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600} {
		s.note(no, now)
		wait := want * time.Second
		if s.due(now.Add(wait-1)) || !s.due(now.Add(wait)) {
			t.Errorf("after %d that failed: %v to wait, want %v", s.failed, s.next.Sub(now), wait)
		}
		now = s.next
	}
	if s.note(nil, now); s.due(now.Add(time.Hour)) {
		t.Error("what is granted is asked for again")
	}
}

// dynamicSecurity is mosquitto's own plugin that says who may do what.
const dynamicSecurity = "/usr/lib/*/mosquitto_dynamic_security.so"

// TestSubscribeIsRefused has a broker that lets picotop write, and not read.
func TestSubscribeIsRefused(t *testing.T) {
	t.Parallel()
	plugins, err := filepath.Glob(dynamicSecurity)
	if err != nil || len(plugins) == 0 {
		t.Skip("no plugin dynamic security here; it is in Debian's package mosquitto")
	}
	m := newMosquitto(t, "plugin "+plugins[0], "plugin_opt_config_file DIR/security.json")
	m.write("security.json", `{"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,"subscribe":false,"unsubscribe":true}}`)
	m.start()
	p, log, _ := running(t, m.broker())
	until(t, "it is said what is refused", func() bool {
		return log.count("read below homeassistant/") == 1 && log.count("topic readwrite homeassistant/#") == 1
	})
	until(t, "the rest is told", func() bool { s := p.Stats(); return s.Connected && s.Published > 0 })
}

// TestSubscribeIsTriedAgain loses what is asked first: it is asked again, on the same
// connection.
func TestSubscribeIsTriedAgain(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	l := m.listen()
	between := m.proxy()
	between.lose.Store(subscribePacket)
	_, log, _ := running(t, between.broker())
	until(t, "it is said that nobody answers", func() bool { return log.count("which is asked again") == 1 })
	between.lose.Store(0)
	until(t, "it is granted", func() bool { return log.count("tells what it has") == 1 })
	before := l.times(tankAt)
	l.publish(t, "homeassistant/status", online, false)
	until(t, "Home Assistant is heard", func() bool { return l.times(tankAt) > before })
}
