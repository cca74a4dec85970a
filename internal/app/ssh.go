package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"

	"picotop/exporter"
	"picotop/house"
	"picotop/internal/sshserver"
	"picotop/internal/wording"
	"picotop/ui"
)

// SSH says where a service lets people look by ssh, and whom.
type SSH struct {
	Listen string // address; empty if nobody is let in
	Keys   string // file of the keys of those who may look
	Owners string // file of the keys of those who may decide as well
	Screen Screen // how to draw; In and Out are the viewer's
}

// sshHostKey is the name of the file with the server's key, beside the history.
const sshHostKey = "ssh_host_ed25519_key"

// An SSHListenError says that the address for ssh could not be opened.
type SSHListenError struct{ Err error }

func (e *SSHListenError) Error() string { return fmt.Sprintf("ssh: %v", e.Err) }

// Unwrap returns the cause.
func (e *SSHListenError) Unwrap() error { return e.Err }

// openSSH opens the address and reads the keys; nil if nobody is to be let in.
func (i *instance) openSSH() (*sshserver.Server, net.Listener, error) {
	if i.SSH.Listen == "" {
		return nil, nil, nil
	}
	cfg := sshserver.Config{Viewers: i.SSH.Keys, Owners: i.SSH.Owners, Logger: i.logger, Screen: i.showTo, Table: i.writeTable}
	if i.Data != "" {
		cfg.HostKey = filepath.Join(i.Data, sshHostKey)
	}
	server, err := sshserver.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	ln, err := exporter.Listen(i.SSH.Listen)
	if err != nil {
		return nil, nil, &SSHListenError{err}
	}
	i.logger.Info("ssh", "addr", ln.Addr().String(), "keys", i.SSH.Keys, "owner_keys", i.SSH.Owners)
	return server, ln, nil
}

// showTo draws the screen for somebody who came by ssh.
func (i *instance) showTo(ctx context.Context, v sshserver.Viewer) error {
	config := i.SSH.Screen.config(viewedInstance{i, v.Owner}, nil, i.now)
	config.In, config.Out, config.Environ = v.In, v.Out, v.Environ
	config.Export = func(ui.Export) (string, error) {
		return "", errors.New("a file would be on the machine that you look at, and not on yours")
	}
	if !v.Owner {
		config.NoDecisions = i.looksOnly()
	}
	sizes := make(chan ui.Size)
	go func() { // ends when the viewer is gone, which closes v.Resized
		defer close(sizes)
		for size := range v.Resized {
			select {
			case sizes <- ui.Size(size):
			case <-ctx.Done():
			}
		}
	}()
	config.Remote = &ui.Remote{Size: ui.Size(v.Size), Resized: sizes}
	return ui.Run(ctx, config)
}

// looksOnly says why somebody may not decide.
func (i *instance) looksOnly() string {
	return fmt.Sprintf("Your key may look, and not decide. Who has a key in %s on the machine with picotop may decide, too.", i.SSH.Owners)
}

// writeTable writes the house once, as picotop once does.
func (i *instance) writeTable(w io.Writer) error { return wording.Table(w, i.State()) }

// A viewedInstance is an instance as the screen of a viewer reads it.
type viewedInstance struct {
	*instance
	owner bool
}

// Health implements [ui.Source].
func (v viewedInstance) Health() ui.Health { return ui.Health{Status: v.Status()} }

// Decide implements [ui.Source].
func (v viewedInstance) Decide(_ context.Context, d house.Decision) error {
	if !v.owner {
		return errors.New(v.looksOnly())
	}
	return v.instance.Decide(d)
}
