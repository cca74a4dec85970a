// Package sshserver lets people look at the house by ssh, with a key and nothing else.
//
// A [Server] offers one screen to each who comes, and the house as a table to who types
// a command. There is no shell, no file and no tunnel to be had. It promises bounds: so
// many viewers at once, so many tries from one address, so long without a key pressed,
// and a viewer who stops reading is let go without keeping anybody waiting.
//
// The package knows no screens: it is given a function that draws one.
package sshserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"
)

// A Config says whom to let in and what to show. All fields are required, but for Owners.
type Config struct {
	HostKey string // file with the server's key; it is made if it is not there. Empty: a new one each time
	Viewers string // file of keys, as of OpenSSH's authorized_keys, of those who may look
	Owners  string // the same of those who may decide as well

	// Screen draws the house for one viewer until he leaves or ctx ends.
	Screen func(ctx context.Context, v Viewer) error
	// Table writes the house once.
	Table func(w io.Writer) error

	Logger *slog.Logger
}

// A Viewer is who looks, and where.
type Viewer struct {
	Owner   bool // may decide, and not only look
	In      io.Reader
	Out     io.Writer
	Environ []string // of the terminal
	Size    Size
	Resized <-chan Size // closed when the viewer is gone
}

// A Size is that of a terminal, in cells.
type Size struct{ Width, Height int }

const (
	// MaxViewers is how many may look at once: each takes 1 to 2 MB.
	MaxViewers = 20
	// maxConnections is how many may be connected at once, with those who have not shown
	// a key yet.
	maxConnections = MaxViewers + 12
	// maxTries is how many keys one connection may show, as with OpenSSH.
	maxTries = 6
	// handshakeTimeout is how long it may take to show a key.
	handshakeTimeout = 20 * time.Second
	// idleTimeout is how long a viewer may look without pressing a key: a day on a tablet
	// at the wall.
	idleTimeout = 24 * time.Hour
	// writeTimeout is how long a viewer may read nothing while there is something.
	writeTimeout = 30 * time.Second
	// recheckEvery is how often is looked whether the key of a viewer is still in its file.
	recheckEvery = time.Minute
	// refuseTimeout is how long it may take to tell somebody that he is refused.
	refuseTimeout = time.Second
	// maxLogged is how long a stranger's text may be in the log, in bytes.
	maxLogged = 200
)

// A Server lets people in.
type Server struct {
	cfg     Config
	keys    keyFiles
	limits  *limits
	viewers chan struct{} // holds one for each
	server  *ssh.Server

	writeTimeout, recheckEvery, unusedTimeout, idleTimeout time.Duration
}

// New makes a server, and its key if there is none. It fails with a [*KeyFileError] if
// nobody could be let in.
func New(cfg Config) (*Server, error) {
	s := &Server{
		cfg: cfg, keys: keyFiles{viewers: cfg.Viewers, owners: cfg.Owners}, limits: newLimits(time.Now),
		viewers: make(chan struct{}, MaxViewers), writeTimeout: writeTimeout, recheckEvery: recheckEvery,
		unusedTimeout: unusedTimeout, idleTimeout: idleTimeout,
	}
	n, err := s.keys.count()
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, &KeyFileError{File: cfg.Viewers, Err: errNoKeys}
	}
	pem, err := hostKey(cfg.HostKey)
	switch {
	case pem == nil:
		return nil, fmt.Errorf("making a key for the ssh server: %w", err)
	case err != nil:
		cfg.Logger.Warn("the key of the ssh server cannot be kept, and will be another one after a restart: clients will warn of that", "file", cfg.HostKey, "err", err)
	case cfg.HostKey == "":
		cfg.Logger.Warn("the key of the ssh server is kept nowhere, and will be another one after a restart: clients will warn of that; give it a directory with --data")
	}
	s.server, err = wish.NewServer(
		wish.WithHostKeyPEM(pem),
		wish.WithVersion("picotop"),
		wish.WithPublicKeyAuth(func(_ ssh.Context, key ssh.PublicKey) bool { return s.keys.role(key) != nobody }),
		wish.WithMiddleware(func(ssh.Handler) ssh.Handler { return s.serve }),
		s.bound,
	)
	if err != nil {
		return nil, fmt.Errorf("the ssh server: %w", err)
	}
	return s, nil
}

// bound sets the bounds of a server.
func (s *Server) bound(server *ssh.Server) error {
	server.HandshakeTimeout = handshakeTimeout
	server.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.session}
	server.ServerConfigCallback = func(ctx ssh.Context) *gossh.ServerConfig {
		return &gossh.ServerConfig{MaxAuthTries: maxTries, AuthLogCallback: func(conn gossh.ConnMetadata, _ string, err error) {
			if err == nil {
				connectionOf(ctx).accept(s.unusedTimeout, func() {
					s.cfg.Logger.Info("an ssh connection through which nobody looks is closed", "from", conn.RemoteAddr())
				})
			}
		}}
	}
	server.ConnCallback = func(ctx ssh.Context, conn net.Conn) net.Conn {
		admitted, refused, log := s.limits.admit(conn)
		if log {
			s.cfg.Logger.Warn("an ssh connection is refused", "from", conn.RemoteAddr(), "why", refused)
		}
		if admitted == nil {
			refuse(conn, refused)
			return nil // the library closes it
		}
		ctx.SetValue(connectionKey{}, admitted)
		return admitted
	}
	server.ConnectionFailedCallback = func(conn net.Conn, err error) {
		s.limits.failed(conn.RemoteAddr())
		s.cfg.Logger.Info("nobody was let in by ssh", "from", conn.RemoteAddr(), "err", cut(err.Error()))
	}
	return nil
}

// refuse says why before it is spoken of keys, as sshd does: ssh -v shows it.
func refuse(conn net.Conn, why string) {
	_ = conn.SetWriteDeadline(time.Now().Add(refuseTimeout))
	_, _ = io.WriteString(conn, "picotop: "+why+"\r\n") // who is gone needs not be told
}

// cut bounds what a stranger can have written into the log.
func cut(text string) string {
	if len(text) > maxLogged {
		return text[:maxLogged] + "..."
	}
	return text
}

// Serve lets people in until ctx ends, which makes it return nil. It closes ln.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = s.server.Close() })
	defer stop()
	err := s.server.Serve(ln)
	if ctx.Err() != nil || errors.Is(err, ssh.ErrServerClosed) {
		s.wait()
		return nil
	}
	_ = s.server.Close()
	s.wait()
	return err
}

// wait waits for the screens to end.
func (s *Server) wait() {
	for range MaxViewers {
		s.viewers <- struct{}{}
	}
}
