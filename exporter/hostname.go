package exporter

import (
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v2"
)

// homeDomains end names that nobody can have on the Internet, so that no page
// from there comes by one: those that are reserved (RFC 6761, 6762 and 8375,
// .internal by ICANN), those that ICANN does not give away because routers use
// them, and those of routers.
var homeDomains = []string{
	"local", "localhost", "localdomain", "lan", "home", "home.arpa", "internal", "intranet", "private", "corp",
	"homenet", "router", "fritz.box", "speedport.ip", "easy.box",
}

// A hostCheck keeps pages from elsewhere out that come by a name of their own,
// which they had lead to this machine (DNS rebinding): a browser then takes them
// for pages of this program. Such a name does not end as those of a house do.
type hostCheck struct {
	names []string // besides those that are always allowed; lower case
	web   string   // a web config file, or empty
}

// newHostCheck allows the names that are given, and those of this machine as
// its files tell them.
func newHostCheck(allowed []string, web string) hostCheck {
	c := hostCheck{web: web}
	for _, name := range allowed {
		c.names = append(c.names, canonicalHost(name))
	}
	if own, err := os.Hostname(); err == nil {
		c.names = append(c.names, machineNames(os.DirFS("/etc"), own)...)
	}
	return c
}

// machineNames are the names of this machine: its own, those that its hosts file
// has for it, and its own in the domains that names are looked up in.
func machineNames(etc fs.FS, own string) []string {
	own = canonicalHost(own)
	short, _, _ := strings.Cut(own, ".")
	names := []string{own}
	hosts, _ := fs.ReadFile(etc, "hosts") // without one there are none
	for line := range strings.Lines(string(hosts)) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(strings.ToLower(line))
		if len(fields) < 2 {
			continue
		}
		addr, err := netip.ParseAddr(fields[0])
		if err == nil && addr.IsLoopback() || slices.Contains(fields[1:], own) {
			names = append(names, fields[1:]...)
		}
	}
	resolv, _ := fs.ReadFile(etc, "resolv.conf")
	for line := range strings.Lines(string(resolv)) {
		fields := strings.Fields(strings.ToLower(line))
		if len(fields) < 2 || fields[0] != "search" && fields[0] != "domain" {
			continue
		}
		for _, domain := range fields[1:] {
			names = append(names, short+"."+strings.Trim(domain, "."))
		}
	}
	return names
}

// handler serves what next does, but not to a browser that came by a name which
// is not this machine's.
func (c hostCheck) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fromBrowser(r) || c.allows(r.Host) || c.hasUsers() {
			next.ServeHTTP(w, r)
			return
		}
		name := canonicalHost(r.Host)
		if !isHost(name) || len(name) > 253 {
			name = "NAME"
		}
		servePlain(w, http.StatusForbidden, fmt.Sprintf(
			"picotop is not known by this name to browsers; if it is this machine's, start it with: --web.allow-host %s", name))
	})
}

// fromBrowser reports whether a browser asks. All of them say at least one of
// these, whatever page makes them ask; programs say neither.
func fromBrowser(r *http.Request) bool {
	_, languages := r.Header["Accept-Language"]
	return languages || strings.Contains(strings.ToLower(r.UserAgent()), "mozilla")
}

// allows reports whether a host, with or without a port, is this machine's as
// far as its form tells.
func (c hostCheck) allows(host string) bool {
	name := canonicalHost(host)
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	if !strings.Contains(name, ".") || slices.Contains(c.names, name) {
		return true
	}
	return slices.ContainsFunc(homeDomains, func(domain string) bool { return strings.HasSuffix(name, "."+domain) || name == domain })
}

// hasUsers reports whether a password is asked for. Then the name is no matter:
// a page from elsewhere does not know it. The file may change at any time, as
// it may for the server.
func (c hostCheck) hasUsers() bool {
	if c.web == "" {
		return false
	}
	text, err := os.ReadFile(c.web)
	if err != nil {
		return false
	}
	var config struct {
		Users map[string]string `yaml:"basic_auth_users"`
	}
	return yaml.Unmarshal(text, &config) == nil && len(config.Users) > 0
}

// canonicalHost is a host as it is compared: without port, brackets and the dot
// of the root, in lower case.
func canonicalHost(s string) string {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	return strings.ToLower(strings.TrimSuffix(s, "."))
}
