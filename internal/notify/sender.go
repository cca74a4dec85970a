package notify

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"picotop/feed"
)

// A sender tells one target one message. It returns when ctx ends, if not before. Its
// errors are one line, and hold no secret.
type sender func(ctx context.Context, m Message) error

func newSender(t Target) (sender, error) {
	if len(t.Command) > 0 {
		return commandSender(t.Command), nil
	}
	return urlSender(t.URL)
}

// maxErrorText is how long the text of an error of a target may be, in runes.
const maxErrorText = 300

// redacted is an error without what is secret in a URL, on one line.
func redacted(err error, rawURL string) error {
	if err == nil {
		return nil
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // without the address, in which services take tokens
	}
	text := err.Error()
	for _, secret := range secretsIn(rawURL) {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return errors.New(feed.Clean(strings.ReplaceAll(text, "\n", "; "), maxErrorText))
}

// shortSecret is the length below which a piece of a URL is no secret: to hide it would
// make texts unreadable.
const shortSecret = 4

// secretsIn are the pieces of a URL that are not for others, the longest first.
func secretsIn(rawURL string) []string {
	list := []string{rawURL}
	_, rest, _ := strings.Cut(rawURL, "://")
	list = append(list, rest)
	add := func(texts ...string) {
		for _, s := range texts {
			if len(s) >= shortSecret {
				list = append(list, s)
			}
		}
	}
	if u, err := url.Parse(rawURL); err == nil {
		password, _ := u.User.Password()
		add(password, url.QueryEscape(password), u.User.Username())
		add(strings.Split(u.EscapedPath(), "/")...)
		add(strings.Split(u.Path, "/")...)
		for _, values := range u.Query() {
			add(values...)
		}
		if !strings.Contains(u.Host, ".") && u.User == nil { // such as discord://TOKEN@..., pover://...
			add(u.Host)
		}
	} else {
		add(strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("/:@?&=", r) })...)
	}
	return list
}
