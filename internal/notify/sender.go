package notify

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
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
	// Services put their own addresses together, of which only the host is no secret.
	text = anyURL.ReplaceAllString(text, "$1$2/…")
	for _, secret := range secretsIn(rawURL) {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return errors.New(feed.Clean(strings.ReplaceAll(text, "\n", "; "), maxErrorText))
}

// anyURL is a URL in a text; its groups are the scheme and the host.
var anyURL = regexp.MustCompile(`\b([a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^\s"'/@]*@)?([^\s"'/?#@]*)[^\s"']*`)

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
		if !strings.ContainsAny(u.Host, ".:") && u.Host != "localhost" && u.Host != u.Scheme { // such as discord://TOKEN@ID
			add(u.Host)
		}
	} else {
		add(strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("/:@?&=", r) })...)
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return list
}
