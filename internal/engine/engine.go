// Package engine reads the readings of houses from a program that keeps samples and
// answers PromQL by Prometheus's HTTP API: Prometheus 2 and 3, VictoriaMetrics, Thanos,
// Mimir and whatever else does. Which of them it is makes no difference, and nobody asks.
//
// A [Client] finds out whether an address answers so (Check), lists the houses that are
// there (Houses), and reads readings (Readings, Last, Export), charts (Range) and what was
// warned of (Warned) of one.
// It reads the metrics of the first exporter as well as picotop's, see metrics.go.
//
// What is read comes from the network: text is cleaned, numbers that no sensor measures
// are dropped, and the size of an answer, the number of its series and the time that it
// may take are bounded. What exceeds a bound is an error that says which.
package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"picotop/internal/peer"
)

// DefaultHouseLabel is the label that tells houses apart, unless another one is named.
const DefaultHouseLabel = "house"

const (
	// MaxSeries is how many series an answer about one house may have. A sensor has four
	// at the most, and as many again for each program that tells of it.
	MaxSeries = 8192
	// MaxHouses is how many houses are listed.
	MaxHouses = 5000
	maxAnswer = 32 << 20 // bytes, unpacked
	// maxMatch bounds what is typed, in bytes.
	maxMatch = 4096
)

// Config says what to read.
type Config struct {
	Target     peer.Target      // by HTTP
	Match      string           // a selector such as {house="mum"}; empty means all
	HouseLabel string           // empty means DefaultHouseLabel
	Now        func() time.Time // nil means time.Now
}

// A Client asks one engine. It is safe for concurrent use.
type Client struct {
	target string
	label  string
	match  []*labels.Matcher
	http   *http.Transport
	api    v1.API
	now    func() time.Time

	rawTime time.Duration
}

// A MatchError says that a selector cannot be understood.
type MatchError struct {
	Match string
	Why   string
}

func (e *MatchError) Error() string { return fmt.Sprintf("%q selects nothing: %s", e.Match, e.Why) }

// New returns a Client that has asked for nothing yet. It returns a [*MatchError] if the
// selector cannot be understood. Close it.
func New(cfg Config) (*Client, error) {
	match, err := parseMatch(cfg.Match)
	if err != nil {
		return nil, err
	}
	c := &Client{target: cfg.Target.String(), label: cfg.HouseLabel, match: match, now: cfg.Now, rawTime: rawTime}
	if c.label == "" {
		c.label = DefaultHouseLabel
	}
	if !model.LegacyValidation.IsValidLabelName(c.label) {
		return nil, &MatchError{Match: c.label, Why: "it is no name of a label"}
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.http = cfg.Target.Transport
	if c.http == nil {
		c.http = &http.Transport{Proxy: http.ProxyFromEnvironment}
	}
	client, err := api.NewClient(api.Config{
		Address: strings.TrimRight(cfg.Target.URL.String(), "/"),
		Client: &http.Client{
			Transport: &transport{target: cfg.Target, next: c.http},
			// Credentials are for the address that was named.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	})
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", c.target, err)
	}
	c.api = v1.NewAPI(client)
	return c, nil
}

// parseMatch reads a selector. It may be without braces.
func parseMatch(text string) ([]*labels.Matcher, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, nil
	case len(text) > maxMatch:
		return nil, &MatchError{Match: text[:20] + "…", Why: "it is too long"}
	case !strings.Contains(text, "{"):
		text = "{" + text + "}"
	}
	match, err := parser.NewParser(parser.Options{}).ParseMetricSelector(text)
	if err != nil {
		why := err.Error()
		if p, ok := errors.AsType[*parser.ParseErr](err); ok {
			why = p.Err.Error()
		} else if list, ok := errors.AsType[parser.ParseErrors](err); ok && len(list) > 0 {
			why = list[0].Err.Error()
		}
		return nil, &MatchError{Match: text, Why: strings.SplitN(why, "\n", 2)[0]}
	}
	for _, m := range match {
		if m.Name == model.MetricNameLabel {
			return nil, &MatchError{Match: text, Why: "the metrics are known; it says which houses and sensors"}
		}
	}
	return match, nil
}

// Close gives up idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// String is where the engine is.
func (c *Client) String() string { return c.target }

// Check returns nil if an engine answers, a [*peer.DeniedError] if it wants credentials,
// and else why not.
func (c *Client) Check(ctx context.Context) error {
	_, err := c.vector(ctx, "vector(1)", c.now())
	return err
}

// selector is the text that selects a metric of a house, or of all if house is nil.
func (c *Client) selector(house *string, more ...*labels.Matcher) string {
	var all []string
	for _, m := range append(c.matchers(house), more...) {
		all = append(all, m.String())
	}
	return "{" + strings.Join(all, ",") + "}"
}

func (c *Client) matchers(house *string) []*labels.Matcher {
	all := append([]*labels.Matcher(nil), c.match...)
	if house != nil {
		all = append(all, equals(c.label, *house))
	}
	return all
}

func equals(name, value string) *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchEqual, name, value)
}

// vector asks for an instant vector.
func (c *Client) vector(ctx context.Context, query string, at time.Time) (model.Vector, error) {
	value, _, _, err := c.api.Query(ctx, query, at)
	if err != nil {
		return nil, c.wrap(err)
	}
	list, ok := value.(model.Vector)
	if !ok {
		return nil, c.foreign()
	}
	return list, nil
}

// raw asks for the samples of a time.
func (c *Client) raw(ctx context.Context, selector string, end time.Time, window time.Duration) (model.Matrix, error) {
	value, _, _, err := c.api.Query(ctx, fmt.Sprintf("%s[%s]", selector, format(window)), end)
	return c.matrix(value, err)
}

// stepped asks for the values at each step.
func (c *Client) stepped(ctx context.Context, query string, r v1.Range) (model.Matrix, error) {
	value, _, _, err := c.api.QueryRange(ctx, query, r)
	return c.matrix(value, err)
}

func (c *Client) matrix(value model.Value, err error) (model.Matrix, error) {
	if err != nil {
		return nil, c.wrap(err)
	}
	list, ok := value.(model.Matrix)
	switch {
	case !ok:
		return nil, c.foreign()
	case len(list) > MaxSeries:
		return nil, &TooMuchError{At: c.target, What: fmt.Sprintf("%d series at once", len(list))}
	}
	return list, nil
}

func (c *Client) foreign() error {
	return fmt.Errorf("asking %s: it does not answer PromQL as Prometheus does", c.target)
}

// wrap makes an error of the library one line that names the engine once.
func (c *Client) wrap(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return fmt.Errorf("asking %s: %w", c.target, known)
		}
	}
	if denied, ok := errors.AsType[*peer.DeniedError](err); ok {
		return denied
	}
	if much, ok := errors.AsType[*TooMuchError](err); ok {
		return much
	}
	if op, ok := errors.AsType[*net.OpError](err); ok { // the address is named already
		return fmt.Errorf("asking %s: %w", c.target, op.Err)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("asking %s: %w", c.target, u.Err)
	}
	if e, ok := errors.AsType[*v1.Error](err); ok {
		return fmt.Errorf("asking %s: %s", c.target, clean(e.Msg, maxErrorRunes))
	}
	return fmt.Errorf("asking %s: %s", c.target, clean(err.Error(), maxErrorRunes))
}

// maxErrorRunes bounds what is shown of an error that an engine tells.
const maxErrorRunes = 160
