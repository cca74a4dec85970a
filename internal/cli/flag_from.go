package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"picotop/internal/app"
	"picotop/internal/peer"
)

// fromFlags say where the house is read from, if not here.
type fromFlags struct {
	url         string // of a picotop elsewhere or an engine; empty means none
	credentials string // file with what it asks for
	tenant      string // whose readings
	match       string // which of its houses and sensors
	houseLabel  string // the label that tells its houses apart
}

// fromFlagNames are their names, the first of which the others need.
var fromFlagNames = []string{"from", "from-credentials", "from-tenant", "match", "house-label"}

func (o *fromFlags) add(f *pflag.FlagSet) {
	f.StringVar(&o.url, "from", "", "show a picotop elsewhere, or a Prometheus, by URL")
	f.StringVar(&o.credentials, "from-credentials", "", "file with user:password or Bearer TOKEN for it")
	f.StringVar(&o.tenant, "from-tenant", "", "whose readings, where a server keeps those of many")
	f.StringVar(&o.match, "match", "", "which readings of a Prometheus, by labels")
	f.StringVar(&o.houseLabel, "house-label", "", `label that tells houses apart there, else "house"`)
}

// check finds what has no use without a URL.
func (o *fromFlags) check() error {
	if o.url != "" {
		return nil
	}
	example := "picotop --from http://raspberrypi:8000 --from-credentials FILE"
	for i, value := range []string{o.credentials, o.tenant, o.match, o.houseLabel} {
		if value != "" {
			if i > 0 {
				example = fmt.Sprintf("picotop --from http://prometheus:9090 --%s ...", fromFlagNames[i+1])
			}
			return &usageError{err: fmt.Errorf("--%s has no use without --from", fromFlagNames[i+1]), try: example}
		}
	}
	return nil
}

// apply puts into a configuration where to read from.
func (o *fromFlags) apply(cfg *app.Config, getenv func(string) string) error {
	if o.url == "" {
		return nil
	}
	target, err := parseFrom(o.url, o.credentials, getenv)
	if err != nil {
		return err
	}
	target.Tenant = o.tenant
	cfg.From, cfg.Match, cfg.HouseLabel = &target, o.match, o.houseLabel
	return nil
}

// bearer begins what is a token, and no user and password.
const bearer = "Bearer "

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
	if strings.ContainsAny(secret, "\r\n\x00") {
		return wrong("the credentials are more than one line", "one line, such as: karl:secret")
	}
	if token, ok := strings.CutPrefix(secret, bearer); ok {
		target.Token = strings.TrimSpace(token)
		return target, nil
	}
	user, password, ok := strings.Cut(secret, ":")
	if !ok {
		return wrong("the credentials are not of the form user:password", "one line, such as: karl:secret")
	}
	target.User, target.Password = user, password
	return target, nil
}
