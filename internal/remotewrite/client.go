package remotewrite

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/prometheus/client_golang/exp/api/remote"
)

// An outcome is what became of a request.
type outcome int

const (
	again           outcome = iota // it may pass later
	taken                          // it was answered with success
	refused                        // it will never pass
	unknownProtocol                // it may pass in the older version
)

// An answer is what came of one attempt.
type answer struct {
	outcome outcome
	after   time.Duration // how long the target asks to be left alone
	err     error         // nil if it was taken
}

// maxAnswer is how much of an answer is read, in bytes: enough for its reason.
const maxAnswer = 4 << 10

// A client makes one attempt at a time.
type client struct {
	api *remote.API
	via *transport
}

// newClient reads where a target is. base is how to get there; nil means by HTTP.
func newClient(t Target, base http.RoundTripper) (*client, error) {
	address, err := t.URL()
	if err != nil {
		return nil, fmt.Errorf("the URL: %w", err)
	}
	var believed *tls.Config
	if t.TLS != nil {
		if believed, err = t.TLS(); err != nil {
			return nil, fmt.Errorf("the certificates: %w", err)
		}
	}
	if base == nil {
		byHTTP := http.DefaultTransport.(*http.Transport).Clone()
		byHTTP.TLSClientConfig = believed
		base = byHTTP
	}
	via := &transport{base: base, target: t}
	api, err := remote.NewAPI(address, remote.WithAPIPath(""), remote.WithAPIHTTPClient(&http.Client{
		Transport: via, Timeout: t.Timeout,
		// A request that is sent on elsewhere may lose its body, and would take the
		// password along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))
	if err != nil {
		return nil, errors.New("the URL cannot be read") // which may hold a password
	}
	return &client{api: api, via: via}, nil
}

// close closes the connections that wait for another request.
func (c *client) close() {
	if byHTTP, ok := c.via.base.(*http.Transport); ok {
		byHTTP.CloseIdleConnections()
	}
}

// send makes one attempt. The library would try again by itself; how long to wait is
// decided here, where the position and the backlog are known.
func (c *client) send(ctx context.Context, p Protocol, b batch) answer {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	once := remote.WithWriteRetryCallback(func(err error) { failed = err; stop() })
	kind, message := remote.WriteV1MessageType, any(requestV1(b))
	if p == V2 {
		kind, message = remote.WriteV2MessageType, requestV2(b)
	}
	c.via.status, c.via.after = 0, ""
	_, err := c.api.Write(ctx, kind, message, once)
	switch {
	case failed != nil:
		err = failed
	case err != nil && ctx.Err() != nil: // then the library hides an error with the URL in its own
		err = ctx.Err()
	}
	if err == nil {
		return answer{outcome: taken}
	}
	return answer{outcome: judge(c.via.status, p), after: retryAfter(c.via.after), err: withoutURL(err)}
}

// judge says what becomes of a request that came to nothing. What the owner can mend, a
// password or a path, is no reason to leave anything out.
func judge(status int, p Protocol) outcome {
	switch {
	case p == V2 && (status == http.StatusUnsupportedMediaType || status/100 == 2):
		return unknownProtocol // with success, but it does not say that it stored anything
	case status/100 != 4:
		return again
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusUnsupportedMediaType:
		return again
	}
	return refused
}

// retryAfter reads the header of that name: seconds, or a time.
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return min(time.Duration(n), longestAsked/time.Second) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// withoutURL takes the URL out of an error: it may hold a password.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// A transport adds who is asking, and notes what was answered.
type transport struct {
	base   http.RoundTripper
	target Target

	status int    // of the last answer; 0 if there was none
	after  string // its Retry-After
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", "picotop")
	if err := t.authorize(req); err != nil {
		return nil, err
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	t.status, t.after = resp.StatusCode, resp.Header.Get("Retry-After")
	resp.Body = &answerBody{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// authorize says who is asking.
func (t *transport) authorize(req *http.Request) error {
	switch {
	case t.target.Bearer != nil:
		token, err := t.target.Bearer()
		if err != nil {
			return fmt.Errorf("the token: %w", err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
	case t.target.User != "":
		password := ""
		if t.target.Password != nil {
			var err error
			if password, err = t.target.Password(); err != nil {
				return fmt.Errorf("the password: %w", err)
			}
		}
		req.SetBasicAuth(t.target.User, password)
	}
	return nil
}

// An answerBody is the beginning of an answer. What breaks off is at its end: the status
// has said it all.
type answerBody struct {
	io.Reader
	io.Closer
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// oneLine makes one short line of what another program may have written.
func oneLine(s string) string {
	const most = 200
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}
