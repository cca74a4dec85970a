package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"picotop/internal/peer"
)

// parseFrom reads where --from points to, and the credentials for it: from a file,
// or else from the environment.
func parseFrom(from, credentials string, getenv func(string) string) (peer.Target, error) {
	wrong := func(why, try string) (peer.Target, error) {
		return peer.Target{}, &usageError{err: errors.New(why), try: try}
	}
	if filepath.IsAbs(from) {
		return peer.Target{Socket: from}, nil // the socket of a picotop on this machine
	}
	u, err := url.Parse(from)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return wrong(fmt.Sprintf("%q is not the address of a picotop", from), "picotop --from http://raspberrypi:8000")
	case u.User != nil:
		return wrong("a password on the command line can be seen by every user", "write user:password into a file and give it with --from-credentials FILE")
	}
	// A picotop behind a reverse proxy may be below a path.
	target := peer.Target{URL: &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}}
	secret := getenv("PICOTOP_CREDENTIALS")
	if credentials != "" {
		text, err := os.ReadFile(credentials)
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
