package sshserver

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"charm.land/ssh"

	"picotop/feed"
)

// serve shows the house to who was let in.
func (s *Server) serve(session ssh.Session) {
	pty, resized, terminal := session.Pty()
	if resized != nil {
		defer func() { go drain(resized) }()
	}
	// A connection may have been open for long before it asks for a screen.
	role := s.keys.role(session.PublicKey())
	if role == nobody {
		s.cfg.Logger.Info("a screen is refused by ssh: the key is gone from its file", "from", session.RemoteAddr())
		s.say(session, "your key may no longer look at this house; ask who runs it")
		return
	}
	select {
	case s.viewers <- struct{}{}:
		defer func() { <-s.viewers }()
	default:
		s.cfg.Logger.Warn("too many look by ssh: one more is refused", "from", session.RemoteAddr(), "viewers", MaxViewers)
		s.say(session, fmt.Sprintf("%d look at this house already, which is all that fit; try again later", MaxViewers))
		return
	}
	switch command := session.Command(); {
	case len(command) > 1, len(command) == 1 && command[0] != "once":
		s.say(session, "there is no shell here: ssh without a command shows the house, and with once as the command prints it")
	case len(command) == 1, !terminal:
		if err := s.cfg.Table(s.bounded(session)); err != nil {
			s.cfg.Logger.Info("an ssh client left before the table ended", "from", session.RemoteAddr(), "err", err)
		}
	default:
		s.show(session, role, pty, resized)
	}
}

// drain takes the sizes that a terminal still has until its session is closed. The ssh
// library hands each over before it reads on, and would wait for ever.
func drain(resized <-chan ssh.Window) {
	for range resized {
	}
}

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
func (s *Server) show(session ssh.Session, role role, pty ssh.Pty, resized <-chan ssh.Window) {
	ctx, cancel := context.WithCancel(session.Context())
	defer cancel()
	logger := s.cfg.Logger.With("from", session.RemoteAddr(), "user", clean(session.User()), "owner", role == owner)
	logger.Info("somebody looks by ssh")
	defer logger.Info("somebody left who looked by ssh")

	idle := time.AfterFunc(idleTimeout, cancel)
	defer idle.Stop()
	sizes := make(chan Size, 1)
	var watching sync.WaitGroup
	watching.Go(func() {
		defer close(sizes)
		check := time.NewTicker(s.recheckEvery)
		defer check.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case w, ok := <-resized:
				if !ok {
					resized = nil
					continue
				}
				select { // only the newest counts
				case <-sizes:
				default:
				}
				sizes <- sizeOf(w)
			case <-check.C:
				if s.keys.role(session.PublicKey()) != role {
					logger.Info("the key of somebody who looks by ssh is gone from its file, or in another one")
					cancel()
				}
			}
		}
	})
	err := s.cfg.Screen(ctx, Viewer{
		Owner: role == owner, In: activeReader{session, idle}, Out: s.bounded(session),
		Environ: environ(session, pty.Term), Size: sizeOf(pty.Window), Resized: sizes,
	})
	if err != nil {
		logger.Warn("the screen of somebody who looked by ssh ended", "err", err)
	}
	cancel()
	watching.Wait()
	_ = session.Exit(0) // unless the viewer is gone
}

// maxText is how much of what a client says goes into the log, in runes.
const maxText = 200

// clean makes text of a client fit for the log.
func clean(text string) string { return feed.Clean(text, maxText) }

// maxCells bounds each side of a terminal, in cells.
const maxCells = 1000

func sizeOf(w ssh.Window) Size {
	return Size{Width: min(max(w.Width, 0), maxCells), Height: min(max(w.Height, 0), maxCells)}
}

// environ is what a client says of its terminal, as far as it is about drawing.
func environ(session ssh.Session, term string) []string {
	known := []string{"NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "LANG", "LC_ALL", "LC_CTYPE", "TERM_PROGRAM"}
	all := []string{"TERM=" + term}
	for _, e := range session.Environ() {
		name, value, _ := strings.Cut(e, "=")
		if slices.Contains(known, name) && len(value) < 100 && len(all) <= len(known) {
			all = append(all, e)
		}
	}
	return all
}

// An activeReader puts off the end of an idle viewer at each key.
type activeReader struct {
	io.Reader
	idle *time.Timer
}

func (r activeReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.idle.Reset(idleTimeout)
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
