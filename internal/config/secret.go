package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	neturl "net/url"
	"os"
	"path/filepath"
	"strings"
)

// A Secret is a password, or a URL that holds one or a token. It stands in the file, in a
// file of its own, or in the environment, and is read from there by Reveal, by whoever
// needs it. However it is printed, nothing but its kind comes out.
type Secret struct {
	value, file, env string
	isPassword       bool   // else a URL
	dir              string // of the configuration; where a relative file is without $CREDENTIALS_DIRECTORY
}

// IsZero reports whether there is none.
func (s Secret) IsZero() bool { return s.value == "" && s.file == "" && s.env == "" }

// String shows of a URL its scheme alone, else where it is kept.
func (s Secret) String() string {
	switch {
	case s.file != "":
		return "in the file " + s.file
	case s.env != "":
		return "in the environment, $" + s.env
	case s.value == "":
		return ""
	case s.isPassword:
		return "…"
	}
	scheme, _, ok := strings.Cut(s.value, "://")
	if !ok {
		return "…"
	}
	return scheme + "://…"
}

// GoString implements [fmt.GoStringer].
func (s Secret) GoString() string { return fmt.Sprintf("config.Secret(%q)", s.String()) }

// MarshalText implements [encoding.TextMarshaler].
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Unresolved are the secrets that cannot be read where this program runs.
func (f *File) Unresolved(getenv func(string) string) Errors {
	var errs Errors
	look := func(what string, s Secret, line int) {
		if s.IsZero() {
			return
		}
		if _, err := s.Reveal(getenv); err != nil {
			errs = append(errs, &Error{
				File: f.Path, Line: line, Cause: "the " + what + " is not here: " + cause(err), Err: err,
				Hint: "it has to be there where picotop runs: " + s.String(),
			})
		}
	}
	for _, t := range f.Notify.Targets {
		look("URL", t.URL, t.Line)
	}
	look("URL", f.Notify.Heartbeat.URL, f.Notify.Heartbeat.Line)
	look("password", f.MQTT.Password, f.MQTT.Line)
	for _, t := range f.RemoteWrite {
		look("URL", t.URL, t.Line)
		look("password", t.Password, t.Line)
		look("token", t.Bearer, t.Line)
	}
	return errs
}

// maxSecret is how long a file with a secret may be, in bytes.
const maxSecret = 16 << 10

// Reveal reads the secret itself. Its errors never hold it.
func (s Secret) Reveal(getenv func(string) string) (string, error) {
	switch {
	case s.env != "":
		v := strings.TrimSpace(getenv(s.env))
		if v == "" {
			return "", fmt.Errorf("the environment has no %s", s.env)
		}
		return s.check(v)
	case s.file != "":
		return s.readFile(getenv)
	}
	return s.value, nil
}

// Where is the file that the secret is in; empty if it is in none.
func (s Secret) Where(getenv func(string) string) string {
	if s.file == "" || filepath.IsAbs(s.file) {
		return s.file
	}
	if dir := getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		return filepath.Join(dir, s.file)
	}
	return filepath.Join(s.dir, s.file)
}

func (s Secret) readFile(getenv func(string) string) (string, error) {
	f, err := os.Open(s.Where(getenv))
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch text := strings.TrimSpace(string(b)); {
	case err != nil:
		return "", err
	case len(b) > maxSecret:
		return "", fmt.Errorf("%s is too long for a secret", f.Name())
	case text == "":
		return "", fmt.Errorf("%s is empty", f.Name())
	default:
		if _, err := s.check(text); err != nil {
			return "", fmt.Errorf("%s: %w", f.Name(), err)
		}
		return text, nil
	}
}

// check makes sure that a text can be the secret.
func (s Secret) check(text string) (string, error) {
	switch {
	case !s.isPassword:
		return checkURL(text)
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", errors.New("a password is one line")
	}
	return text, nil
}

// checkURL makes sure that a text is one line that begins as a URL does.
func checkURL(s string) (string, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || scheme == "" || rest == "" || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") != "" {
		return "", errors.New("not a URL such as ntfy://ntfy.sh/my-house")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", errors.New("a URL has no blanks in it")
	}
	return s, nil
}

// host is the host of a URL, or what it is kept in: what names it without a secret.
func (s Secret) host() string {
	if s.file != "" {
		return plain(filepath.Base(s.file))
	}
	if u, err := neturl.Parse(s.value); err == nil && u.Host != "" {
		return plain(u.Host)
	}
	return plain(s.env)
}
