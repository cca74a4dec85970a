package sshserver

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A key is one of a client: for this package's client, and in a file for OpenSSH's.
type key struct {
	signer gossh.Signer
	file   string
	line   string // of authorized_keys
}

func newKey(t *testing.T) key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	k := key{signer, filepath.Join(t.TempDir(), "key"), string(gossh.MarshalAuthorizedKey(signer.PublicKey()))}
	write(t, k.file, string(pem.EncodeToMemory(block)))
	return k
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A house is a server with its keys.
type house struct {
	addr          string
	viewer, owner key
	keys          string // the file of the viewers
}

// echoScreen tells its size and whether the viewer may decide, at the start, on each
// change and on each key; q leaves.
func echoScreen(ctx context.Context, v Viewer) error {
	size := v.Size
	keys := make(chan byte)
	go func() {
		defer close(keys)
		for r := bufio.NewReader(v.In); ; {
			b, err := r.ReadByte()
			if err != nil {
				return
			}
			select {
			case keys <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		if _, err := fmt.Fprintf(v.Out, "%dx%d owner=%v %s\n", size.Width, size.Height, v.Owner, v.Environ[0]); err != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case s, ok := <-v.Resized:
			if !ok {
				return nil
			}
			size = s
		case b, ok := <-keys:
			if !ok || b == 'q' {
				return nil
			}
		}
	}
}

// serve starts a server on the loopback, which ends with the test.
func serve(t *testing.T, screen func(context.Context, Viewer) error, change ...func(*Server)) house {
	t.Helper()
	dir := t.TempDir()
	h := house{viewer: newKey(t), owner: newKey(t), keys: filepath.Join(dir, "authorized_keys")}
	owners := filepath.Join(dir, "owner_keys")
	write(t, h.keys, h.viewer.line)
	write(t, owners, h.owner.line)
	s, err := New(Config{
		HostKey: filepath.Join(dir, "host_key"), Viewers: h.keys, Owners: owners, Screen: screen,
		Table:  func(w io.Writer) error { _, err := io.WriteString(w, "all well\n"); return err },
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(s)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.addr = ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return h
}

// dial connects with the given ways to show who one is.
func (h house) dial(auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return gossh.Dial("tcp", h.addr, &gossh.ClientConfig{
		User: "someone", Auth: auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second, //nolint:gosec // it is the test's own
	})
}

// connect connects with a key that is good, until the test ends.
func (h house) connect(t *testing.T, k key) *gossh.Client {
	t.Helper()
	c, err := h.dial(gossh.PublicKeys(k.signer))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// look opens a screen, and returns its lines.
func look(t *testing.T, c *gossh.Client) (*gossh.Session, *bufio.Reader) {
	t.Helper()
	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	out, err := session.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.StdinPipe(); err != nil { // left open: nothing is typed
		t.Fatal(err)
	}
	if err := errors.Join(session.RequestPty("xterm", 24, 80, nil), session.Shell()); err != nil {
		t.Fatal(err)
	}
	return session, bufio.NewReader(out)
}

func line(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	text, err := r.ReadString('\n')
	if err != nil {
		t.Fatalf("after %q: %v", text, err)
	}
	return strings.TrimSpace(text)
}

func TestKeysAlone(t *testing.T) {
	h := serve(t, echoScreen)
	if c, err := h.dial(gossh.PublicKeys(newKey(t).signer)); err == nil {
		_ = c.Close()
		t.Error("a key that nobody listed was let in")
	}
	if c, err := h.dial(gossh.Password("")); err == nil {
		_ = c.Close()
		t.Error("a password was let in")
	}
	if c, err := h.dial(gossh.KeyboardInteractive(func(_, _ string, q []string, _ []bool) ([]string, error) { return make([]string, len(q)), nil })); err == nil {
		_ = c.Close()
		t.Error("answers to questions were let in")
	}
	c := h.connect(t, h.viewer)
	if conn, err := c.Dial("tcp", h.addr); err == nil {
		_ = conn.Close()
		t.Error("a tunnel was made")
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
		t.Error("a tunnel back was made")
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.RequestSubsystem("sftp"); err == nil {
		t.Error("files are to be had")
	}
}

func TestScreen(t *testing.T) {
	h := serve(t, echoScreen)
	for name, tt := range map[string]struct {
		key  key
		want string
	}{
		"a viewer": {h.viewer, "80x24 owner=false TERM=xterm"},
		"an owner": {h.owner, "80x24 owner=true TERM=xterm"},
	} {
		t.Run(name, func(t *testing.T) {
			c := h.connect(t, tt.key)
			session, out := look(t, c)
			if got := line(t, out); got != tt.want {
				t.Errorf("the screen is %q, want %q", got, tt.want)
			}
			if err := session.WindowChange(40, 100); err != nil {
				t.Fatal(err)
			}
			for got := ""; !strings.HasPrefix(got, "100x40 "); {
				got = line(t, out)
			}
		})
	}
}

func TestCommands(t *testing.T) {
	h := serve(t, echoScreen)
	c := h.connect(t, h.viewer)
	for command, want := range map[string]struct {
		out    string
		failed bool
	}{
		"once":         {"all well\n", false},
		"":             {"all well\n", false}, // without a terminal
		"sh -c reboot": {"picotop: there is no shell here: ssh without a command shows the house, and with once as the command prints it\n", true},
		"once more":    {"picotop: there is no shell here: ssh without a command shows the house, and with once as the command prints it\n", true},
	} {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Output(command)
		if string(out) != want.out || (err != nil) != want.failed {
			t.Errorf("%q: got %q, %v, want %q", command, out, err, want.out)
		}
	}
}

func TestSoManyViewers(t *testing.T) {
	h := serve(t, echoScreen)
	var all []*gossh.Client
	for range MaxViewers {
		c := h.connect(t, h.viewer)
		_, out := look(t, c)
		line(t, out)
		all = append(all, c)
	}
	one := h.connect(t, h.viewer)
	_, out := look(t, one)
	if got := line(t, out); !strings.Contains(got, "20 look at this house already") {
		t.Errorf("one too many is told %q", got)
	}
	_ = all[0].Close()
	for got := ""; !strings.HasPrefix(got, "80x24"); { // the place is free as soon as the screen has ended
		_, out := look(t, one)
		got = line(t, out)
	}
}

// A viewer who stops reading is let go, and others see the house meanwhile.
func TestViewerWhoStopsReading(t *testing.T) {
	stuck := make(chan struct{}, 1)
	flood := func(ctx context.Context, v Viewer) error {
		if v.Owner {
			return echoScreen(ctx, v)
		}
		for {
			if _, err := v.Out.Write(make([]byte, 64<<10)); err != nil {
				stuck <- struct{}{}
				return nil
			}
		}
	}
	h := serve(t, flood, func(s *Server) { s.writeTimeout = 200 * time.Millisecond })
	c := h.connect(t, h.viewer)
	look(t, c) // and read nothing

	other := h.connect(t, h.owner)
	_, out := look(t, other)
	if got := line(t, out); !strings.HasPrefix(got, "80x24") {
		t.Errorf("another one sees %q", got)
	}
	select {
	case <-stuck:
	case <-time.After(20 * time.Second):
		t.Error("it is still waited for")
	}
}

// A key that is taken away ends the screen of who had it, and its connection opens no
// other one.
func TestKeyTakenAway(t *testing.T) {
	h := serve(t, echoScreen, func(s *Server) { s.recheckEvery = 10 * time.Millisecond })
	c := h.connect(t, h.viewer)
	session, out := look(t, c)
	line(t, out)
	write(t, h.keys, newKey(t).line)
	if got := line(t, out); !strings.Contains(got, "your key is no longer in the file") {
		t.Errorf("it is told %q", got)
	}
	var exit *gossh.ExitError
	if err := session.Wait(); !errors.As(err, &exit) {
		t.Errorf("the session ended with %v", err)
	}
	for _, command := range []string{"once", ""} {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Output(command); err == nil || !strings.Contains(string(got), "your key is no longer in the file") {
			t.Errorf("%q: the connection still sees %q, %v", command, got, err)
		}
	}
	if c, err := h.dial(gossh.PublicKeys(h.viewer.signer)); err == nil {
		_ = c.Close()
		t.Error("it still lets in")
	}
}

// Who presses no key is told why the screen ends.
func TestIdle(t *testing.T) {
	h := serve(t, echoScreen, func(s *Server) { s.idleTimeout = 50 * time.Millisecond })
	c := h.connect(t, h.viewer)
	_, out := look(t, c)
	line(t, out)
	if got := line(t, out); !strings.Contains(got, "no key was pressed") {
		t.Errorf("it is told %q", got)
	}
}

// A connection that is not used, or no longer, takes no place for ever; one that is stays.
func TestUnusedConnections(t *testing.T) {
	h := serve(t, echoScreen, func(s *Server) { s.unusedTimeout = 100 * time.Millisecond })
	dial := func() *gossh.Client {
		c, err := h.dial(gossh.PublicKeys(h.viewer.signer))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	used := dial()
	defer func() { _ = used.Close() }()
	_, out := look(t, used)
	line(t, out)

	unused := dial()
	if _, err := unused.NewSession(); err != nil { // which asks for nothing
		t.Fatal(err)
	}
	_ = unused.Wait() // until the server closes it

	done := dial()
	session, doneOut := look(t, done)
	line(t, doneOut)
	if err := session.WindowChange(40, 100); err != nil {
		t.Fatal(err)
	}
	for got := ""; !strings.HasPrefix(got, "100x40 "); {
		got = line(t, doneOut)
	}
	_ = session.Close()
	_ = done.Wait()

	if _, err := used.NewSession(); err != nil {
		t.Errorf("one that is used was closed: %v", err)
	}
}

// A client cannot make the server keep what has no bound, nor wait for what never comes.
func TestClientsOutOfBounds(t *testing.T) {
	var environ []string
	screen := func(ctx context.Context, v Viewer) error {
		environ = v.Environ
		return echoScreen(ctx, v)
	}
	h := serve(t, screen)
	c := h.connect(t, h.viewer)
	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	out, err := session.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.StdinPipe(); err != nil { // left open: nothing is typed
		t.Fatal(err)
	}
	if err := session.Setenv("COLORTERM", strings.Repeat("x", maxVariable)); err == nil {
		t.Error("a variable may be long")
	}
	if err := session.Setenv("COLORTERM", "truecolor"); err != nil {
		t.Error(err)
	}
	for range maxEnviron {
		_ = session.Setenv("LANG", "C")
	}
	if err := session.Setenv("LANG", "C"); err == nil {
		t.Error("there may be more variables than are read")
	}
	if err := session.RequestPty(strings.Repeat("x", 10*maxTerm), 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		if err := session.WindowChange(50, 100+n); err != nil {
			t.Fatal(err)
		}
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	screenLines := bufio.NewReader(out)
	for got := ""; !strings.HasPrefix(got, "199x50 "); {
		got = line(t, screenLines)
	}
	if len(environ[0]) != len("TERM=")+maxTerm || !slices.Contains(environ, "COLORTERM=truecolor") {
		t.Errorf("the screen is told %q", environ)
	}

	command, err := c.NewSession() // which has no screen that takes sizes
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(command.RequestPty("xterm", 24, 80, nil), command.Start("once")); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		_ = command.WindowChange(50, 100) // until it is over
	}
	if err := command.Wait(); err != nil {
		t.Error(err)
	}

	for range maxChannels {
		s, err := c.NewSession()
		if err != nil {
			if !strings.Contains(err.Error(), "too many sessions in one connection") {
				t.Error(err)
			}
			return
		}
		defer func() { _ = s.Close() }()
	}
	t.Error("one connection may have any number of sessions")
}

// A fault in one screen ends that one alone, and says so without a stack.
func TestFaultInAScreen(t *testing.T) {
	h := serve(t, func(ctx context.Context, v Viewer) error {
		if v.Owner {
			return echoScreen(ctx, v)
		}
		panic("oh")
	})
	for _, tt := range []struct {
		key  key
		want string
	}{{h.viewer, "picotop: this screen has failed"}, {h.owner, "80x24"}} {
		c := h.connect(t, tt.key)
		_, out := look(t, c)
		if got := line(t, out); !strings.HasPrefix(got, tt.want) {
			t.Errorf("the screen is %q, want %q", got, tt.want)
		}
	}
}

// Who is refused before a key is asked for is told why.
func TestRefused(t *testing.T) {
	h := serve(t, echoScreen)
	for range triesAtOnce {
		conn, err := net.Dial("tcp", h.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if got := line(t, bufio.NewReader(conn)); got != "SSH-2.0-picotop" {
			t.Fatalf("it is told %q", got)
		}
	}
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if got, _ := io.ReadAll(conn); !strings.Contains(string(got), "picotop: too many connections from one address") {
		t.Errorf("it is told %q", got)
	}
}

// OpenSSH's own client sees the house, also in a terminal.
func TestOpenSSH(t *testing.T) {
	ssh, err := exec.LookPath("ssh")
	if err != nil {
		t.Skip("OpenSSH's client is not installed")
	}
	h := serve(t, echoScreen)
	_, port, _ := net.SplitHostPort(h.addr)
	args := func(k key, more ...string) []string {
		return append([]string{
			"-F", "none", "-p", port, "-i", k.file, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
			"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=" + os.DevNull, "-o", "LogLevel=ERROR", "127.0.0.1",
		}, more...)
	}
	out, err := exec.Command(ssh, args(h.viewer, "once")...).CombinedOutput()
	if err != nil || string(out) != "all well\n" {
		t.Errorf("once: got %q, %v", out, err)
	}
	out, err = exec.Command(ssh, args(newKey(t), "once")...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Permission denied (publickey)") {
		t.Errorf("with a wrong key: got %q, %v", out, err)
	}

	cmd := exec.Command(ssh, args(h.owner)...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "TERM=") }), "TERM=xterm-256color")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 20, Cols: 40})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tty.Close() }()
	screen := bufio.NewReader(tty)
	if got := line(t, screen); got != "40x20 owner=true TERM=xterm-256color" {
		t.Errorf("the screen is %q", got)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 60, Cols: 200}); err != nil {
		t.Fatal(err)
	}
	for got := ""; !strings.HasPrefix(got, "200x60 "); {
		got = line(t, screen)
	}
	if _, err := tty.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("leaving: %v", err)
	}
}
