package sshserver

import (
	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

const (
	// maxEnviron bounds the variables that a client may set before its screen is drawn,
	// and maxVariable each of them, in bytes: the library keeps them all.
	maxEnviron, maxVariable = 32, 256
)

// A channel hands on what its client asks for, within bounds, and takes sizes itself: the
// library would wait for ever where there is no screen, and races with who asks it.
type channel struct {
	gossh.NewChannel
	sizes chan Size // the newest; closed when the client is gone
}

// A channelContext is that of one channel; the library knows but that of a connection.
type channelContext struct {
	ssh.Context
	channel *channel
}

type channelKey struct{}

// Value implements [context.Context].
func (c channelContext) Value(key any) any {
	if key == (channelKey{}) {
		return c.channel
	}
	return c.Context.Value(key)
}

// session serves a channel of the kind that screens come through.
func (s *Server) session(server *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, ctx ssh.Context) {
	c := connectionOf(ctx)
	if !c.openChannel() {
		s.cfg.Logger.Warn("an ssh connection may not have more sessions", "from", conn.RemoteAddr(), "sessions", maxChannels)
		_ = ch.Reject(gossh.ResourceShortage, "picotop: too many sessions in one connection") // or it is gone
		return
	}
	defer c.closeChannel()
	bounded := &channel{ch, make(chan Size, 1)}
	ssh.DefaultSessionHandler(server, conn, bounded, channelContext{ctx, bounded})
}

// sizesOf returns the sizes of a session's terminal.
func sizesOf(session ssh.Session) <-chan Size {
	return session.Context().Value(channelKey{}).(*channel).sizes
}

// Accept implements [gossh.NewChannel].
func (c *channel) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	ch, in, err := c.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	out := make(chan *gossh.Request)
	go c.handOn(in, out)
	return ch, out, nil
}

// handOn hands on requests until there are no more. It leaves out sizes, and variables
// that are too many or too long.
func (c *channel) handOn(in <-chan *gossh.Request, out chan<- *gossh.Request) {
	defer close(c.sizes)
	defer close(out)
	variables := 0
	for req := range in {
		switch req.Type {
		case "env":
			if variables++; variables > maxEnviron || len(req.Payload) > maxVariable {
				_ = req.Reply(false, nil) // or it is gone, as below
				continue
			}
		case "window-change":
			_ = req.Reply(c.resize(req.Payload), nil)
			continue
		}
		out <- req
	}
}

// resize takes a size, which replaces one that nobody took. It reports whether it is one.
func (c *channel) resize(payload []byte) bool {
	var cells struct{ Width, Height, WidthPixels, HeightPixels uint32 }
	if err := gossh.Unmarshal(payload, &cells); err != nil {
		return false
	}
	select {
	case <-c.sizes:
	default:
	}
	c.sizes <- Size{Width: int(min(cells.Width, maxCells)), Height: int(min(cells.Height, maxCells))}
	return true
}
