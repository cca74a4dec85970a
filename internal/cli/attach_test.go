package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/ipv4"

	"picotop/internal/peer"
)

// A service is a headless picotop, as a service manager runs it.
type service struct {
	t    *testing.T
	dir  string // what it has for itself
	udp  int
	http string
	args []string
	cmd  *exec.Cmd
}

func newService(t *testing.T, args ...string) *service {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the whole program several times")
	}
	dir, err := os.MkdirTemp("", "pt") // short: a socket's path has little room
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil { // other users are let in
		t.Fatal(err)
	}
	if os.Geteuid() == 0 { // as systemd gives it to the user of a service
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return &service{t: t, dir: dir, args: args, udp: c.LocalAddr().(*net.UDPAddr).Port, http: l.Addr().String()}
}

func (s *service) start() {
	s.t.Helper()
	args := append([]string{"--headless", "-s", s.http, "-p", strconv.Itoa(s.udp), "-i", "lo"}, s.args...)
	s.cmd = exec.Command("picotop", args...)
	s.cmd.Env = append(os.Environ(), "HOME="+s.dir, "RUNTIME_DIRECTORY="+s.dir, "STATE_DIRECTORY="+filepath.Join(s.dir, "state"))
	if os.Geteuid() == 0 {
		// Another user than that of the dashboards. It must be let in to where
		// the program is.
		bin := filepath.Dir(s.cmd.Path)
		if err := errors.Join(os.Chmod(bin, 0o755), os.Chmod(filepath.Dir(bin), 0o755)); err != nil {
			s.t.Fatal(err)
		}
		s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.kill)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if s.ready() {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatal("the service did not start within 20 s")
		}
	}
}

// ready asks the service on its socket, whatever its HTTP address wants.
func (s *service) ready() bool {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(s.dir, peer.SocketName))
		},
	}}
	resp, err := client.Get("http://picotop/-/ready")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// kill ends the service as a power cut would.
func (s *service) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// hear has the service hear a temperature.
func (s *service) hear(name string, celsius string) {
	s.t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		s.t.Skip("no interface named lo")
	}
	p := ipv4.NewPacketConn(c)
	if err := errors.Join(p.SetMulticastInterface(lo), p.SetMulticastTTL(0), p.SetMulticastLoopback(true)); err != nil {
		s.t.Fatal(err)
	}
	payload := `{"type":"temperature","name":"` + name + `","sensor":"28` + name + `","temperature":` + celsius + `}`
	to := netip.AddrPortFrom(netip.MustParseAddr("239.0.0.1"), uint16(s.udp))
	if _, err := c.WriteToUDPAddrPort([]byte(payload), to); err != nil {
		s.t.Fatal(err)
	}
}

// dashboard is one of another user, with data of its own.
func (s *service) dashboard(data string, args ...string) *dashboard {
	s.t.Helper()
	s.t.Setenv("RUNTIME_DIRECTORY", s.dir)
	// It would look at port 8000 of this machine otherwise.
	_, port, _ := net.SplitHostPort(s.http)
	return openDashboard(s.t, append([]string{"-p", strconv.Itoa(s.udp), "-i", "lo", "--data", data, "-s", port}, args...)...)
}

func TestADashboardAttachesToTheService(t *testing.T) {
	s := newService(t)
	s.start()
	s.hear("Cellar", "7.5")
	data := t.TempDir()
	d := s.dashboard(data)
	d.waitFor(t, "Cellar")
	d.waitFor(t, "from the picotop here, process "+strconv.Itoa(s.cmd.Process.Pid))
	if left, err := os.ReadDir(filepath.Join(data, "history")); err == nil {
		t.Errorf("it opened a store of its own: %v", left)
	}
	s.hear("Cellar", "17.25")
	d.waitFor(t, "17.2")
	s.hear("Attic", "3.0")
	d.waitFor(t, "Attic")
	d.waitFor(t, "FREEZING")

	s.kill()
	d.waitFor(t, "listening myself")
	s.hear("Garage", "12.5")
	d.waitFor(t, "Garage")

	d.forget()
	s.start()
	d.waitFor(t, "process "+strconv.Itoa(s.cmd.Process.Pid))
	press(t, d, "q")
	d.ends(t)
}

func TestStandaloneNeverAttaches(t *testing.T) {
	s := newService(t)
	s.start()
	s.hear("Cellar", "7.5")
	d := s.dashboard(t.TempDir(), "--standalone")
	d.waitFor(t, "no sensors yet")
	press(t, d, "q")
	d.ends(t)
	if strings.Contains(d.text(), "Cellar") {
		t.Error("it shows what only the service can know")
	}
}

func TestTwoDashboardsOnOneDirectory(t *testing.T) {
	s := newService(t) // never started: only its ports are of use
	data, err := os.MkdirTemp("", "pt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(data) })
	first := s.dashboard(data)
	first.waitFor(t, "joined on lo")
	first.waitFor(t, "listening for group")
	s.hear("Cellar", "7.5")
	first.waitFor(t, "Cellar")
	second := s.dashboard(data)
	second.waitFor(t, "from the picotop here, process "+strconv.Itoa(first.cmd.Process.Pid))
	second.waitFor(t, "Cellar")
	press(t, first, "q")
	first.ends(t)
	second.waitFor(t, "listening myself")
	s.hear("Garage", "12.5")
	second.waitFor(t, "Garage")
	press(t, second, "q")
	second.ends(t)
}

func TestFromElsewhereWithCertificateAndPassword(t *testing.T) {
	keys := t.TempDir()
	if err := os.Chmod(keys, 0o755); err != nil {
		t.Fatal(err)
	}
	ca := certificate(t, keys)
	// The password is "secret".
	web := "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n" +
		"basic_auth_users:\n  karl: $2a$04$Vr1SWKlzB3TnOg2bLNFage1JUrJwNtZImEkFKvj8YFFgrnJ9zd7Jy\n"
	config := filepath.Join(keys, "web.yml")
	write(t, config, web)
	password := filepath.Join(keys, "password")
	write(t, password, "karl:secret\n")

	s := newService(t, "--web.config.file", config)
	// A directory of the test's is not open to another user all the way.
	open := filepath.Join(s.dir, "keys")
	if err := os.CopyFS(open, os.DirFS(keys)); err != nil {
		t.Fatal(err)
	}
	s.args[1] = filepath.Join(open, "web.yml")
	s.start()
	s.hear("Cellar", "7.5")
	t.Setenv("SSL_CERT_FILE", ca)
	d := openDashboard(t, "--from", "https://"+s.http, "--from-credentials", password)
	d.waitFor(t, "Cellar")
	d.waitFor(t, "from https://"+s.http)
	s.kill()
	d.waitFor(t, "nothing from https://"+s.http)
	d.forget()
	s.start()
	s.hear("Garage", "12.5")
	d.waitFor(t, "Garage")
	press(t, d, "q")
	d.ends(t)

	out, err := exec.Command("picotop", "--from", "https://"+s.http).CombinedOutput()
	if err == nil {
		t.Errorf("without a password it started: %s", out)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// certificate makes one for 127.0.0.1 that vouches for itself.
func certificate(t *testing.T, dir string) (file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "picotop test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:        true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "cert.pem")
	write(t, file, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})))
	return file
}

// TestAFalseHouseIsNotShown has another user of this machine listen where a
// service would, and tell of a house in which all is well.
func TestAFalseHouseIsNotShown(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to run a program of another user")
	}
	s := newService(t)
	s.start()
	s.hear("Mallory", "21")
	udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := udp.LocalAddr().(*net.UDPAddr).Port
	if err := udp.Close(); err != nil {
		t.Fatal(err)
	}
	d := openDashboard(t, "-s", s.http, "-p", strconv.Itoa(port), "-i", "lo")
	d.waitFor(t, "not shown: the picotop of user")
	if strings.Contains(d.text(), "Mallory") {
		t.Error("the false house was shown")
	}
	press(t, d, "q")
	d.ends(t)

	d = openDashboard(t, "--from", "http://"+s.http)
	d.waitFor(t, "Mallory")
	press(t, d, "q")
	d.ends(t)

	d = openDashboard(t, "--from", filepath.Join(s.dir, "picotop.sock"))
	d.waitFor(t, "Mallory")
	press(t, d, "q")
	d.ends(t)
}
