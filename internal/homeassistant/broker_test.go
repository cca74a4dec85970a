package homeassistant

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"

	"picotop/house"
)

// A mosquitto is a real broker on loopback, with its files in a directory.
type mosquitto struct {
	t    *testing.T
	dir  string
	port int
	run  *exec.Cmd
	out  bytes.Buffer
}

// newMosquitto prepares a broker. extra are lines of its configuration.
func newMosquitto(t *testing.T, extra ...string) *mosquitto {
	t.Helper()
	for _, name := range []string{"mosquitto", "mosquitto_passwd"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s here; it is in Debian's package mosquitto", name)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mosquitto{t: t, dir: t.TempDir(), port: ln.Addr().(*net.TCPAddr).Port}
	_ = ln.Close()
	// As root it would become a user who cannot read the directory.
	lines := append([]string{"user root", fmt.Sprintf("listener %d 127.0.0.1", m.port), "allow_anonymous true"}, extra...)
	m.write("mosquitto.conf", strings.ReplaceAll(strings.Join(lines, "\n"), "DIR", m.dir))
	t.Cleanup(m.stop)
	return m
}

func (m *mosquitto) write(name, text string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mosquitto) start() {
	m.t.Helper()
	m.out.Reset()
	m.run = exec.Command("mosquitto", "-c", filepath.Join(m.dir, "mosquitto.conf"))
	m.run.Stdout, m.run.Stderr = &m.out, &m.out
	if err := m.run.Start(); err != nil {
		m.t.Fatal(err)
	}
	until(m.t, "mosquitto listens", func() bool {
		c, err := net.Dial("tcp", m.addr())
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

func (m *mosquitto) stop() {
	if m.run == nil {
		return
	}
	_ = m.run.Process.Signal(syscall.SIGTERM)
	giveUp := time.AfterFunc(10*time.Second, func() { _ = m.run.Process.Kill() })
	defer giveUp.Stop()
	_ = m.run.Wait()
	m.run = nil
}

func (m *mosquitto) addr() string { return fmt.Sprintf("127.0.0.1:%d", m.port) }

func (m *mosquitto) broker() Broker { return Broker{URL: "mqtt://" + m.addr()} }

// until waits for another program.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 300 {
		if is() {
			return
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	t.Fatalf("not within 30 s: %s", what)
}

// A listener hears all that is at a broker, as Home Assistant does.
type listener struct {
	conn *connection
	mu   sync.Mutex
	has  map[string]string
	all  []string
}

func (m *mosquitto) listen() *listener {
	m.t.Helper()
	l := &listener{has: map[string]string{}}
	conn, err := connect(m.broker(), newTopics(Broker{Topic: "listener"}, ""), fmt.Sprintf("listener-%p", l), time.Now)
	if err != nil {
		m.t.Fatal(err)
	}
	l.conn = conn
	m.t.Cleanup(func() { conn.close(context.Background(), true) })
	until(m.t, "the listener is connected", func() bool { up, _, _, _, _ := conn.news(); return up })
	conn.cm.AddOnPublishReceived(l.take())
	if _, err := conn.cm.Subscribe(context.Background(), &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: "#", QoS: 1}}}); err != nil {
		m.t.Fatal(err)
	}
	return l
}

func (l *listener) get(topic string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.has[topic]
}

// topics are those with something in them that begin so.
func (l *listener) topics(prefix string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for topic := range l.has {
		if strings.HasPrefix(topic, prefix) {
			n++
		}
	}
	return n
}

// times is how often a topic was told something.
func (l *listener) times(topic string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, s := range l.all {
		if s == topic {
			n++
		}
	}
	return n
}

// A log is what the operator sees.
type logText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logText) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), s)
}

// running is a Publisher that runs until the test, or stop, ends it.
func running(t *testing.T, b Broker) (p *Publisher, log *logText, stop func()) {
	t.Helper()
	log = &logText{}
	p = New(Config{Broker: b}, Options{
		Host: "raspberrypi", Data: t.Name(), Version: "1.0", Now: time.Now, Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	p.Update(aHouse())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { p.Run(ctx); close(done) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return p, log, stop
}

const (
	availabilityAt = "picotop/raspberrypi/availability"
	tankAt         = "homeassistant/sensor/picotop_raspberrypi/sensor_28ff641f7616035c_temperature/config"
	tankReadingAt  = "picotop/raspberrypi/sensor/28ff641f7616035c/reading"
)

func TestBrokerComesLateAndIsRestarted(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	p, log, stop := running(t, m.broker())
	until(t, "it is said that there is no broker", func() bool { return log.count("nothing listens at port") == 1 })
	if s := p.Stats(); s.Connected || s.DownSince.IsZero() || s.Published != 0 {
		t.Errorf("without a broker: %+v", s)
	}
	for range 1000 { // nothing is kept of what cannot be told
		p.Update(aHouse())
	}
	m.start()
	until(t, "connected", func() bool { return p.Stats().Connected })
	l := m.listen()
	until(t, "the tank is described, and told", func() bool { return l.get(tankAt) != "" && l.get(tankReadingAt) != "" })
	m.stop()
	until(t, "the loss is noticed", func() bool { return !p.Stats().Connected && log.count("Home Assistant is not told") >= 2 })
	m.start() // it has forgotten all
	l = m.listen()
	until(t, "all is told anew", func() bool { return l.get(tankAt) != "" && l.get(availabilityAt) == online })
	stop()
	until(t, "it says that it goes", func() bool { return l.get(availabilityAt) == offline })
	if n := log.count("nothing listens at port"); n > 2 {
		t.Errorf("that is said %d times", n)
	}
}

func TestRenamedAndForgotten(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	l := m.listen()
	l.publish(t, "homeassistant/sensor/picotop_raspberrypi/sensor_old_temperature/config", "{}", true)
	l.publish(t, "picotop/raspberrypi/sensor/old/conditions", "{}", true)
	l.publish(t, "homeassistant/sensor/other/x/config", "{}", true)
	p, _, _ := running(t, m.broker())
	until(t, "described", func() bool { return strings.Contains(l.get(tankAt), "Cold Water Tank") })
	until(t, "what an earlier run left is gone", func() bool {
		return l.get("homeassistant/sensor/picotop_raspberrypi/sensor_old_temperature/config") == "" && l.get("picotop/raspberrypi/sensor/old/conditions") == ""
	})
	st := aHouse()
	st.Sensors[0].DisplayName = "Tank"
	p.Update(st)
	until(t, "renamed", func() bool { return strings.Contains(l.get(tankAt), `"name":"Tank"`) })
	st.Sensors, st.Conditions = st.Sensors[1:], nil
	p.Update(st)
	until(t, "forgotten", func() bool {
		return l.get(tankAt) == "" && l.get("picotop/raspberrypi/sensor/28ff641f7616035c/conditions") == ""
	})
	p.SetConfig(Config{})
	until(t, "no longer told", func() bool { return l.topics("homeassistant/") == 1 && l.topics("picotop/raspberrypi/house") == 0 })
	if l.get("homeassistant/sensor/other/x/config") == "" {
		t.Error("what is another's was taken away")
	}
	if s := p.Stats(); s.Broker != "" || s.Connected {
		t.Errorf("%+v", s)
	}
}

func TestHomeAssistantComesUp(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	l := m.listen()
	running(t, m.broker())
	until(t, "told", func() bool { return l.times(tankReadingAt) == 1 })
	l.publish(t, "homeassistant/status", online, false)
	until(t, "told again", func() bool { return l.times(tankAt) == 2 && l.times(tankReadingAt) == 2 })
	late := m.listen()
	until(t, "what is retained is there", func() bool { return late.get(tankAt) != "" && late.get(availabilityAt) == online })
	if late.get(tankReadingAt) != "" {
		t.Error("an old reading is retained")
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t, "allow_anonymous false", "password_file DIR/passwords", "acl_file DIR/acl")
	m.write("passwords", "")
	m.write("acl", "user picotop\ntopic readwrite picotop/#\n")
	if out, err := exec.Command("mosquitto_passwd", "-b", filepath.Join(m.dir, "passwords"), "picotop", "right").CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	m.start()
	b := m.broker()
	b.User, b.Password = "picotop", "wrong-secret"
	p, log, _ := running(t, b)
	until(t, "refused", func() bool { return strings.Contains(p.Stats().Err, "user or the password") })
	if log.count("password_file below [mqtt]") != 1 || log.count("wrong-secret") != 0 {
		t.Errorf("the log says\n%s", log)
	}
	b.Password = "right"
	p.SetConfig(Config{Broker: b})
	until(t, "connected", func() bool { return p.Stats().Connected })
	until(t, "it is said what may not be written", func() bool { return strings.Contains(p.Stats().Err, "write below homeassistant/") })
	if s := p.Stats(); s.Failed == 0 || s.Published == 0 {
		t.Errorf("%+v", s)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t, "certfile DIR/cert", "keyfile DIR/key")
	ca := m.certify()
	m.start()
	b := m.broker()
	b.URL = "mqtts://" + m.addr()
	p, log, _ := running(t, b)
	until(t, "the certificate is doubted", func() bool { return strings.Contains(p.Stats().Err, "vouches") })
	if log.count("ca_file") != 1 {
		t.Errorf("the log says\n%s", log)
	}
	b.CA = ca
	p.SetConfig(Config{Broker: b})
	until(t, "connected", func() bool { return p.Stats().Connected })
	b.URL = "mqtt://" + m.addr()
	p.SetConfig(Config{Broker: b})
	until(t, "without TLS it does not work", func() bool { s := p.Stats(); return !s.Connected && s.Err != "" })
	b.CA = "no certificate"
	p.SetConfig(Config{Broker: b})
	until(t, "a file without certificates", func() bool { return p.Stats().Err == errNoCertificate.Error() })
}

// certify makes a certificate for 127.0.0.1, and returns that of its authority: itself.
func (m *mosquitto) certify() string {
	m.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "broker"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		m.t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		m.t.Fatal(err)
	}
	cert := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	m.write("cert", cert)
	m.write("key", string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})))
	return cert
}

// TestHungBroker has one that takes a connection and says nothing: neither Update nor
// the end waits for it.
func TestHungBroker(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p, _, stop := running(t, Broker{URL: "mqtt://" + ln.Addr().String()})
	for range 1000 {
		p.Update(house.State{At: time.Now()})
	}
	until(t, "it is said that nobody answers", func() bool { return p.Stats().Err == "it does not answer" })
	stop()
}

// take notes what comes; an empty payload is that of a topic that was taken away.
func (l *listener) take() func(autopaho.PublishReceived) (bool, error) {
	return func(p autopaho.PublishReceived) (bool, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		topic := p.Packet.Topic
		l.all = append(l.all, topic)
		if len(p.Packet.Payload) == 0 {
			delete(l.has, topic)
		} else {
			l.has[topic] = string(p.Packet.Payload)
		}
		return true, nil
	}
}

func (l *listener) publish(t *testing.T, topic, payload string, retain bool) {
	t.Helper()
	if _, err := l.conn.publish(context.Background(), message{topic: topic, payload: []byte(payload), retain: retain}); err != nil {
		t.Fatal(err)
	}
}

// TestTwoOfOneName has two that come to the broker under one name, which throw each other
// out ever more seldom.
func TestTwoOfOneName(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	one, oneLog, _ := running(t, m.broker())
	until(t, "connected", func() bool { return one.Stats().Connected })
	_, twoLog, _ := running(t, m.broker())
	until(t, "it is said why", func() bool {
		return oneLog.count("a second picotop")+twoLog.count("a second picotop") > 0
	})
}

func TestReceived(t *testing.T) {
	for name, s := range map[string]struct {
		topic, payload string
		retain         bool
		born           bool
		found          []string
	}{
		"what an earlier run left":           {"picotop/h/sensor/old/conditions", "{}", true, false, []string{"picotop/h/sensor/old/conditions"}},
		"what it sends itself":               {"picotop/h/sensor/old/conditions", "{}", false, false, nil},
		"what was taken away":                {"picotop/h/sensor/old/conditions", "", true, false, nil},
		"a topic that is none of picotop's":  {"picotop/h/sensor/" + strings.Repeat("x", maxTopic) + "/conditions", "{}", true, false, nil},
		"Home Assistant comes up":            {"homeassistant/status", online, false, true, nil},
		"it goes":                            {"homeassistant/status", offline, false, false, nil},
		"it came up before picotop listened": {"homeassistant/status", online, true, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := &connection{topics: newTopics(Broker{}, "h")}
			if _, err := c.received(paho.PublishReceived{Packet: &paho.Publish{Topic: s.topic, Payload: []byte(s.payload), Retain: s.retain}}); err != nil {
				t.Fatal(err)
			}
			if _, _, born, found, _ := c.news(); born != s.born || !slices.Equal(found, s.found) {
				t.Errorf("born %v, found %q", born, found)
			}
		})
	}
}

func TestPause(t *testing.T) {
	now := noon
	c := &connection{now: func() time.Time { return now }}
	for _, s := range []struct {
		what string
		do   func()
		want time.Duration
	}{
		{"at the start", func() {}, 0},
		{"up, and lost at once", func() { c.cameUp(); c.wentDown(nil) }, 2 * time.Second},
		{"once more", func() { c.cameUp(); c.wentDown(errLost); c.wentDown(nil) }, 4 * time.Second},
		{"for ever", func() {
			for range 100 {
				c.cameUp()
				c.wentDown(nil)
			}
		}, slowest},
		{"after a long connection", func() { c.cameUp(); now = now.Add(lasting); c.wentDown(errThrownOut) }, time.Second},
	} {
		s.do()
		if got := c.pause(0); got != s.want {
			t.Errorf("%s: %v, want %v", s.what, got, s.want)
		}
	}
	if c.err != errThrownOut {
		t.Error(c.err)
	}
	if c.pause(3) != 8*time.Second || c.pause(1000) != slowest {
		t.Error("after attempts that failed:", c.pause(3), c.pause(1000))
	}
}
