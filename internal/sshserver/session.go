package sshserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"charm.land/ssh"
)

// serve shows the house to who was let in. A fault in a screen ends that one alone.
func (s *Server) serve(session ssh.Session) {
	conn := connectionOf(session.Context())
	conn.use()
	defer conn.release(s.unusedTimeout)
	defer func() {
		if r := recover(); r != nil {
			s.cfg.Logger.Error("a screen by ssh failed", "from", session.RemoteAddr(), "err", r)
			s.cfg.Logger.Debug("a screen by ssh failed", "stack", string(debug.Stack()))
			s.say(session, "this screen has failed; the log of the service says more")
		}
	}()
	pty, _, terminal := session.Pty()
	select {
	case s.viewers <- struct{}{}:
		defer func() { <-s.viewers }()
	default:
		s.cfg.Logger.Warn("too many look by ssh: one more is refused", "from", session.RemoteAddr(), "viewers", MaxViewers)
		s.say(session, fmt.Sprintf("%d look at this house already, which is all that fit; try again later", MaxViewers))
		return
	}
	role := s.keys.role(session.PublicKey())
	switch command := session.Command(); {
	case role == nobody: // the key was good when the connection was made
		s.say(session, errKeyGone.Error())
	case len(command) > 1, len(command) == 1 && command[0] != "once":
		s.say(session, "there is no shell here: ssh without a command shows the house, and with once as the command prints it")
	case len(command) == 1, !terminal:
		if err := s.cfg.Table(s.bounded(session)); err != nil {
			s.cfg.Logger.Info("an ssh client left before the table ended", "from", session.RemoteAddr(), "err", err)
		}
	default:
		s.show(session, role, pty)
	}
}

// Why a screen ends by itself.
var (
	errIdle    = errors.New("no key was pressed for a long time; come again with ssh")
	errKeyGone = errors.New("your key is no longer in the file that it was in")
)

// say tells one line, and ends with status 1.
func (s *Server) say(session ssh.Session, text string) {
	end := "\n"
	if _, _, terminal := session.Pty(); terminal {
		end = "\r\n"
	}
	_, _ = io.WriteString(s.bounded(session), "picotop: "+text+end) // who is gone needs not be told
	_ = session.Exit(1)
}

// show draws the screen until the viewer leaves, is idle for too long, or his key goes.
func (s *Server) show(session ssh.Session, role role, pty ssh.Pty) {
	ctx, cancel := context.WithCancelCause(session.Context())
	defer cancel(nil)
	logger := s.cfg.Logger.With("from", session.RemoteAddr(), "user", cut(session.User()), "owner", role == owner)
	logger.Info("somebody looks by ssh")
	defer logger.Info("somebody left who looked by ssh")

	idle := time.AfterFunc(s.idleTimeout, func() { cancel(errIdle) })
	defer idle.Stop()
	var checking sync.WaitGroup
	checking.Go(func() {
		check := time.NewTicker(s.recheckEvery)
		defer check.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-check.C:
				if s.keys.role(session.PublicKey()) != role {
					cancel(errKeyGone)
				}
			}
		}
	})
	err := s.cfg.Screen(ctx, Viewer{
		Owner: role == owner, In: activeReader{session, func() {
			if ctx.Err() == nil {
				idle.Reset(s.idleTimeout)
			}
		}}, Out: s.bounded(session),
		Environ: environ(session, pty.Term), Size: sizeOf(pty.Window), Resized: sizesOf(session),
	})
	if err != nil {
		logger.Warn("the screen of somebody who looked by ssh ended", "err", err)
	}
	cancel(nil)
	checking.Wait()
	if why := context.Cause(ctx); errors.Is(why, errIdle) || errors.Is(why, errKeyGone) {
		logger.Info("the screen of somebody who looked by ssh was ended", "why", why)
		s.say(session, why.Error())
	}
	_ = session.Exit(0) // unless the viewer is gone, or was told something
}

// maxCells bounds each side of a terminal, in cells.
const maxCells = 1000

// maxTerm bounds what a client says of its terminal, in bytes each.
const maxTerm = 100

func sizeOf(w ssh.Window) Size {
	return Size{Width: min(max(w.Width, 0), maxCells), Height: min(max(w.Height, 0), maxCells)}
}

// environ is what a client says of its terminal, as far as it is about drawing.
func environ(session ssh.Session, term string) []string {
	known := []string{"NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "LANG", "LC_ALL", "LC_CTYPE", "TERM_PROGRAM"}
	all := []string{"TERM=" + term[:min(len(term), maxTerm)]}
	for _, e := range session.Environ() {
		name, value, _ := strings.Cut(e, "=")
		if slices.Contains(known, name) && len(value) <= maxTerm && len(all) <= len(known) {
			all = append(all, e)
		}
	}
	return all
}

// An activeReader puts off the end of an idle viewer at each key.
type activeReader struct {
	io.Reader
	active func()
}

func (r activeReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.active()
	return n, err
}

// bounded is a session to which a write that takes too long ends the connection: the
// viewer has stopped reading, and nobody is to wait for him.
func (s *Server) bounded(session ssh.Session) io.Writer {
	return boundedWriter{session, s.writeTimeout, func() {
		s.cfg.Logger.Warn("somebody who looks by ssh has stopped reading, and is let go", "from", session.RemoteAddr())
		if conn, ok := session.Context().Value(ssh.ContextKeyConn).(io.Closer); ok {
			_ = conn.Close()
			return
		}
		_ = session.Close()
	}}
}

type boundedWriter struct {
	w       io.Writer
	timeout time.Duration
	end     func()
}

func (b boundedWriter) Write(p []byte) (int, error) {
	timer := time.AfterFunc(b.timeout, b.end)
	defer timer.Stop()
	return b.w.Write(p)
}
