package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"picotop/internal/peer"
)

// A fromError says that there is no picotop where there should be one.
type fromError struct {
	err error
	url string
}

func (e *fromError) Error() string { return e.err.Error() }

func (e *fromError) Unwrap() error { return e.err }

func (e *fromError) hint() string {
	return "is the service running there? try: curl " + e.url + "/-/healthy"
}

// find looks for a picotop on this machine, unless it is not to be shown.
func (t *truth) find(ctx context.Context) *peer.Client {
	if t.standalone || t.demo {
		return nil
	}
	var all []peer.Target
	for _, dir := range filepath.SplitList(os.Getenv("RUNTIME_DIRECTORY")) {
		all = append(all, peer.Target{Socket: filepath.Join(dir, peer.SocketName)})
	}
	all = append(all, peer.Target{Socket: filepath.Join(peer.ServiceDirectory, peer.SocketName)})
	if t.data != "" {
		if h, err := peer.ReadLockInfo(t.data); err == nil {
			all = append(all, h.Targets()...)
		}
		all = append(all, peer.Target{Socket: filepath.Join(t.data, peer.SocketName)})
	}
	if _, port, err := net.SplitHostPort(t.listen); err == nil {
		all = append(all, peer.Target{URL: &url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", port)}})
	}
	return peer.Find(ctx, all, t.now)
}

// describe says in words who tells of the house.
func (t *truth) describe(c *peer.Client) string {
	target := c.Target()
	switch {
	case t.from != "":
		return target.String()
	case filepath.Dir(target.Socket) == peer.ServiceDirectory:
		return "the service here"
	}
	last, _, _ := c.Last()
	return fmt.Sprintf("the picotop here, process %d", last.PID)
}

// elsewhere reads where --from points to, and the credentials for it.
func (t *truth) elsewhere() (peer.Target, error) {
	wrong := func(why, hint string) (peer.Target, error) {
		return peer.Target{}, &usageError{err: errors.New(why), try: hint}
	}
	u, err := url.Parse(t.from)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return wrong(fmt.Sprintf("%q is not the address of a picotop", t.from), "picotop --from http://raspberrypi:8000")
	case u.User != nil:
		return wrong("a password on the command line can be seen by every user", "write user:password into a file and give it with --from-credentials FILE")
	}
	target := peer.Target{URL: &url.URL{Scheme: u.Scheme, Host: u.Host}}
	secret := os.Getenv("PICOTOP_CREDENTIALS")
	if t.credentials != "" {
		text, err := os.ReadFile(t.credentials)
		if err != nil {
			return peer.Target{}, fmt.Errorf("reading the credentials: %w", err)
		}
		secret = strings.TrimSpace(string(text))
	}
	if secret == "" {
		return target, nil
	}
	user, password, ok := strings.Cut(secret, ":")
	if !ok {
		return wrong("the credentials are not of the form user:password", "one line, such as: karl:secret")
	}
	target.User, target.Password = user, password
	return target, nil
}
