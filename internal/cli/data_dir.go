package cli

import (
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"time"
)

// options is what the user asked for.
type options struct {
	exporter bool
	headless bool
	listen   string // HTTP address

	group      netip.Addr
	ports      []uint16
	interfaces []string // empty means all
	unicast    bool
	bind       netip.Addr // invalid means any

	data      string // directory of the history
	dataGiven bool   // rather than found
	noHistory bool

	standalone    bool   // never read another picotop
	from          string // URL of a picotop elsewhere; empty means none
	credentials   string // file with user:password for that
	webConfig     string // file with TLS and users for what is served
	retention     time.Duration
	retentionSize int64 // bytes

	demo       bool
	ascii      bool
	fahrenheit bool
	level      slog.Level
}

// serves reports whether HTTP was asked for.
func (o options) serves() bool { return o.exporter || o.headless }

// check finds what does not go together.
func (o options) check() error {
	conflict := func(what, hint string) error {
		return &usageError{err: errors.New(what), try: hint}
	}
	switch {
	case o.from != "" && (o.headless || o.exporter || o.demo || o.standalone):
		return conflict("--from shows another picotop, so it hears, keeps and serves nothing itself", "picotop --from "+o.from)
	case o.credentials != "" && o.from == "":
		return conflict("--from-credentials has no use without --from", "picotop --from http://raspberrypi:8000 --from-credentials FILE")
	case o.webConfig != "" && !o.serves():
		return conflict("--web.config.file has no use without serving", "picotop --headless --web.config.file FILE")
	case o.noHistory && o.dataGiven:
		return conflict("--data and --no-history exclude each other", "leave one of them out")
	case o.demo && o.dataGiven:
		return conflict("--demo keeps its history in a temporary place, so --data has no use", "picotop --demo")
	case o.demo && len(o.interfaces) > 0:
		return conflict("--demo never leaves this machine, so --interface has no use", "picotop --demo")
	}
	return nil
}

// findData returns the directory for the history: systemd's for a service,
// else the user's for state.
func findData(getenv func(string) string) (string, error) {
	if dir := getenv("STATE_DIRECTORY"); dir != "" {
		// systemd gives several, separated by colons, if the unit asks for
		// several.
		return filepath.SplitList(dir)[0], nil
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "picotop"), nil
	}
	home := getenv("HOME")
	if home == "" {
		return "", &usageError{
			err: errors.New("no place for the history: HOME is not set"),
			try: "name one with --data DIR, or keep nothing with --no-history",
		}
	}
	return filepath.Join(home, ".local", "state", "picotop"), nil
}

// asciiLocale reports whether the locale cannot show more than ASCII. A
// terminal with no locale at all is taken to be a modern one.
func asciiLocale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			return !isUTF8(v)
		}
	}
	return false
}

// isUTF8 knows the ways in which locales are written: en_GB.UTF-8, C.utf8.
func isUTF8(locale string) bool {
	charset := []byte(filepath.Ext(locale))
	charset = slices.DeleteFunc(charset, func(b byte) bool { return b == '-' || b == '.' })
	return len(charset) >= 4 && (string(charset[:4]) == "UTF8" || string(charset[:4]) == "utf8")
}
