package peer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"picotop/history"
)

const (
	// lostAfter is how long the stream may be quiet: it says something every
	// three seconds.
	lostAfter   = 2*Heartbeat + 2*time.Second
	headerBytes = 64 << 10
	maxRange    = 4 << 20 // bytes of one answer
)

// A Target is where a picotop is.
type Target struct {
	Socket string   // path of a Unix socket, or
	URL    *url.URL // http or https, without a path

	// Trusted says whose programs may answer, by user ID; nil means anybody's. It is
	// for what was found on this machine, and not named by the user.
	Trusted func(uid int) bool

	User, Password string          // if it asks for them
	Token          string          // or for this
	Tenant         string          // whose readings, where a server keeps those of many; empty means none
	Transport      *http.Transport // nil means one of its own
}

// Authorize adds the credentials to a request.
func (t Target) Authorize(req *http.Request) {
	switch {
	case t.Token != "":
		req.Header.Set("Authorization", "Bearer "+t.Token)
	case t.User != "":
		req.SetBasicAuth(t.User, t.Password)
	}
	if t.Tenant != "" {
		req.Header.Set("X-Scope-OrgID", t.Tenant)
	}
}

// String is the target as people write it.
func (t Target) String() string {
	if t.Socket != "" {
		return t.Socket
	}
	return t.URL.String()
}

// dial connects, and refuses what is not trusted.
func (t Target) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if t.Socket != "" {
		network, addr = "unix", t.Socket
	}
	conn, err := (&net.Dialer{Timeout: lostAfter}).DialContext(ctx, network, addr)
	if err != nil || t.Trusted == nil {
		return conn, err
	}
	if err := t.checkOwner(conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// A Client reads one picotop. It is safe for concurrent use.
type Client struct {
	target Target
	http   *http.Client
	base   string
	now    func() time.Time
	// changed gets a word after each snapshot of the stream. It holds one: a
	// second one is dropped, for it would say nothing new.
	changed chan<- struct{}

	mu   sync.Mutex // guards the rest
	last House
	at   time.Time // when last came; zero if nothing did
	err  error     // why nothing comes now; nil while something does
}

// Notify has the Client put a word into a channel after each snapshot of the
// stream, if there is room. To be called before Stream.
func (c *Client) Notify(changed chan<- struct{}) { c.changed = changed }

// NewClient returns a Client that has asked for nothing yet. Close it.
func NewClient(t Target, now func() time.Time) *Client {
	transport := t.Transport
	if transport == nil {
		transport = &http.Transport{}
	}
	transport.MaxResponseHeaderBytes = headerBytes
	transport.ResponseHeaderTimeout = lostAfter
	base := "http://picotop"
	if t.Socket == "" {
		base = strings.TrimSuffix(t.URL.String(), "/")
	}
	transport.DialContext = t.dial
	return &Client{
		target: t, base: base, now: now,
		http: &http.Client{
			Transport: transport,
			// A picotop does not send anyone elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close gives up idle connections. Run must have returned.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Label says what a person may call the picotop: "the service here", "the picotop
// here, process 4711", or where it is if that was named.
func (c *Client) Label(named bool) string {
	switch {
	case named:
		return c.target.String()
	case filepath.Dir(c.target.Socket) == ServiceDirectory:
		return "the service here"
	}
	last, _, _ := c.Last()
	return fmt.Sprintf("the picotop here, process %d", last.PID)
}

// Last returns the newest snapshot, when it came, and why nothing comes now,
// if so. Its slices are shared and must not be changed.
func (c *Client) Last() (h House, at time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.at, c.err
}

// Fetch asks for one snapshot.
func (c *Client) Fetch(ctx context.Context) (House, error) {
	body, err := c.get(ctx, PathHouse, nil)
	if err != nil {
		return House{}, err
	}
	defer body.Close()
	var h House
	if err := json.NewDecoder(io.LimitReader(body, MaxBytes)).Decode(&h); err != nil {
		return House{}, fmt.Errorf("reading %s: what answers there is not picotop", c.target)
	}
	if err := h.Check(); err != nil {
		return House{}, fmt.Errorf("reading %s: %w", c.target, err)
	}
	c.put(h)
	return h, nil
}

// Stream follows the changes until ctx ends, which makes it return nil, or
// nothing comes any more.
func (c *Client) Stream(ctx context.Context) error {
	err := c.stream(ctx)
	if ctx.Err() != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	return err
}

func (c *Client) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body, err := c.get(ctx, PathStream, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	// Silence is found by a timer that each line winds up again.
	quiet := time.AfterFunc(lostAfter, cancel)
	defer quiet.Stop()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, MaxBytes)
	for lines.Scan() {
		quiet.Reset(lostAfter)
		var h House
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
			return fmt.Errorf("reading %s: what answers there is not picotop", c.target)
		}
		if err := h.Check(); err != nil {
			return fmt.Errorf("reading %s: %w", c.target, err)
		}
		c.put(h)
		select {
		case c.changed <- struct{}{}: // nil never takes it
		default:
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("reading %s: %w", c.target, err)
	}
	return fmt.Errorf("reading %s: nothing comes any more", c.target)
}

func (c *Client) put(h House) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.at, c.err = h, c.now(), nil
}

// getHistory reads an answer out of the history into a value, whose field api says that it
// is one of picotop.
func (c *Client) getHistory(ctx context.Context, path string, into any, api *string, query url.Values) error {
	body, err := c.get(ctx, path, query)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(io.LimitReader(body, maxRange)).Decode(into); err != nil || *api != Name {
		return fmt.Errorf("reading history from %s: what answers there is not picotop", c.target)
	}
	return nil
}

// Range asks for the history of one sensor.
func (c *Client) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	var r Ranges
	err := c.getHistory(ctx, PathRange, &r, &r.API, url.Values{
		"sensor": {sensor},
		"from":   {from.UTC().Format(time.RFC3339Nano)},
		"to":     {to.UTC().Format(time.RFC3339Nano)},
		"step":   {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	})
	if err != nil {
		return nil, err
	}
	buckets := make([]history.Bucket, len(r.Buckets))
	for i, b := range r.Buckets {
		buckets[i] = history.Bucket(b)
	}
	return buckets, nil
}

// get asks for a page. The caller closes what it returns.
func (c *Client) get(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	address := c.base + path
	if query != nil {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", c.target, err)
	}
	c.target.Authorize(req)
	resp, err := c.do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusUnauthorized {
		_ = resp.Body.Close()
		return nil, &DeniedError{Target: c.target.String()}
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, &statusError{target: c.target, code: resp.StatusCode, status: resp.Status}
	}
	return resp.Body, nil
}

// A statusError is an answer that is none.
type statusError struct {
	target Target
	code   int
	status string
}

func (e *statusError) Error() string {
	return fmt.Sprintf("asking %s: it answers %q, which no picotop does", e.target, e.status)
}

// do sends a request. The caller closes the body.
func (c *Client) do(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		// The cause alone: the layers around it repeat the address.
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		return nil, fmt.Errorf("asking %s: %w", c.target, err)
	}
	return resp, nil
}

// A DeniedError says that a picotop wants a name and a password.
type DeniedError struct{ Target string }

func (e *DeniedError) Error() string {
	return fmt.Sprintf("%s wants another user and password", e.Target)
}
