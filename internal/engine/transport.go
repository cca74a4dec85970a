package engine

import (
	"fmt"
	"io"
	"net/http"

	"picotop/internal/peer"
)

// A transport adds the credentials to each request, and bounds each answer.
type transport struct {
	target peer.Target
	next   http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	t.target.Authorize(req)
	// An engine that holds back the newest samples, or answers of its cache by a grid of
	// its own, is asked not to. Others pass these over.
	q := req.URL.Query()
	q.Set("latency_offset", "1ms")
	q.Set("nocache", "1")
	req.URL.RawQuery = q.Encode()
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		_ = resp.Body.Close()
		return nil, &peer.DeniedError{Target: t.target.String()}
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, at: t.target.String(), left: maxAnswer}
	return resp, nil
}

// A boundedBody fails when more is read than may be.
type boundedBody struct {
	io.ReadCloser
	at   string
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, &TooMuchError{At: b.at, What: "more than 32 MB at once"}
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// A TooMuchError says that an engine tells more than can be shown.
type TooMuchError struct {
	At   string
	What string
}

func (e *TooMuchError) Error() string { return fmt.Sprintf("%s tells %s", e.At, e.What) }
