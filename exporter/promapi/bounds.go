package promapi

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Bounds on one query that are known before it runs. The engine looks at the
// clock and at the samples it holds only between series, and it counts neither
// steps without samples nor the length of labels.
const (
	// maxSteps bounds one subquery: 2 years of minutes.
	maxSteps = 1_000_000
	// maxWindows bounds the samples that one function over a range goes
	// through, again for each step, of each series: 24 hours at each of 11,000
	// steps are 95 million. A small machine takes about a second for it.
	maxWindows = 150_000_000
	// maxText bounds what label_join and label_replace write into labels, of
	// one series: label_join(label_join(...)) of a label with itself doubles it
	// each time.
	maxText = 8 << 10 // bytes
	// labelLength is what a label is taken to have, in bytes.
	labelLength = 64
	// sampleBytes is what a sample takes in a result or a subquery, with the room
	// that is reserved behind it.
	sampleBytes = 32
	// windowBytes is what it takes in a window over the history, which is there
	// twice while it is read.
	windowBytes = 64
	// sortedBytes is what it takes in a window that is sorted besides.
	sortedBytes = 128
	// preallocated is the most steps of one series for which the engine
	// reserves room as soon as the series has one sample.
	preallocated = 5000
)

// A cost is what a query takes as far as that can be known before it runs.
type cost struct {
	selectors int
	work      float64 // evaluations, and samples gone through of one series
	perSeries float64 // samples for which room is reserved as soon as a series is found
	longest   float64 // samples of one series in the longest window or subquery

	sampleBytes int // the most that a sample of it takes
	regexps     regexpBudget
	text        float64 // bytes written into labels of one series
}

// costOf tells the cost of an expression that is evaluated the given number of
// times over a span, or refuses what costs too much.
func costOf(expr parser.Expr, span time.Duration, steps float64, regexps regexpBudget) (cost, error) {
	c := cost{regexps: regexps, sampleBytes: sampleBytes}
	err := c.walk(expr, place{span: span, steps: steps})
	return c, err
}

// A place is where in a query an expression stands.
type place struct {
	span   time.Duration
	steps  float64 // how many times it is evaluated
	depth  int
	sorts  bool // below a function that sorts its window
	counts bool // below count_values, whose series are others at each step
}

func (c *cost) walk(expr parser.Node, at place) error {
	if at.depth++; at.depth > maxDepth {
		return fmt.Errorf("the query is nested more than %d deep", maxDepth)
	}
	c.work += at.steps
	switch e := expr.(type) {
	case *parser.VectorSelector:
		return c.selector(at)
	case *parser.MatrixSelector:
		return c.window(e, at)
	case *parser.SubqueryExpr:
		var err error
		if at, err = c.subquery(e, at); err != nil {
			return err
		}
	case *parser.AggregateExpr:
		if at.counts = at.counts || e.Op == parser.COUNT_VALUES; at.counts {
			// One series at least comes in, though nothing may be selected.
			if room := reserved(at); room > maxSamples {
				return errSteps
			}
		}
	}
	if _, ok := expr.(*parser.ParenExpr); !ok {
		at.sorts = sorts(expr)
	}
	for child := range parser.ChildrenIter(expr) {
		if err := c.walk(child, at); err != nil {
			return err
		}
	}
	return c.labels(expr)
}

// selector counts one, and the room that the engine reserves for its series.
func (c *cost) selector(at place) error {
	if c.selectors++; c.selectors > maxSelectors {
		return fmt.Errorf("the query selects more than %d times", maxSelectors)
	}
	c.perSeries = max(c.perSeries, reserved(at))
	return nil
}

// reserved is for how many samples the engine reserves room for one series.
func reserved(at place) float64 {
	room := min(at.steps, preallocated)
	if at.counts {
		room *= at.steps
	}
	return room
}

// window counts what a function over a range goes through.
func (c *cost) window(e *parser.MatrixSelector, at place) error {
	if e.Range < time.Millisecond {
		return errTooShort
	}
	c.hold(windowBytes, at)
	v, ok := e.VectorSelector.(*parser.VectorSelector)
	if ok && (v.Timestamp != nil || v.StartOrEnd != 0) { // evaluated once
		at.steps = 1
	}
	if ok {
		length := float64(e.Range / spacing(v))
		c.longest = max(c.longest, length)
		samples := at.steps * length
		if c.work += samples; samples > maxWindows {
			return errWindows
		}
	}
	return c.walk(e.VectorSelector, at)
}

// hold notes what a sample of a window takes.
func (c *cost) hold(bytes int, at place) {
	if at.sorts {
		bytes *= sortedBytes / windowBytes
	}
	c.sampleBytes = max(c.sampleBytes, bytes)
}

// sorts reports whether an expression is a function that sorts its window, for
// which the engine takes the window once more, in larger pieces.
func sorts(e parser.Node) bool {
	call, ok := e.(*parser.Call)
	return ok && (call.Func.Name == "quantile_over_time" || call.Func.Name == "mad_over_time")
}

// subquery returns where its expression stands.
func (c *cost) subquery(e *parser.SubqueryExpr, at place) (place, error) {
	c.hold(sampleBytes, at)
	if e.Timestamp != nil || e.StartOrEnd != 0 {
		at.span, at.steps = 0, 1
	}
	step := e.Step
	if step == 0 {
		step = subqueryStep
	}
	if step < time.Millisecond || e.Range < time.Millisecond {
		return at, errTooShort
	}
	samples := at.steps * float64(e.Range/step)
	if c.work += samples; samples > maxWindows {
		return at, errWindows
	}
	if at.span > math.MaxInt64-e.Range {
		return at, errSteps
	}
	at.span += e.Range
	if at.steps = float64(at.span/step) + 1; at.steps > maxSteps {
		return at, fmt.Errorf("a subquery has more than %d steps; try a longer step or a shorter range", maxSteps)
	}
	c.longest = max(c.longest, 2*at.steps) // itself, and what is made of it
	return at, nil
}

// labels counts what an expression writes into labels. What is within it was
// counted before.
func (c *cost) labels(expr parser.Node) error {
	longest := labelLength + c.text // that a label can be so far
	switch e := expr.(type) {
	case *parser.AggregateExpr:
		if e.Op == parser.COUNT_VALUES {
			c.text += float64(len(literal(e.Param)))
		}
	case *parser.Call:
		switch {
		case e.Func.Name == "label_join" && len(e.Args) > 3: // (v, dst, separator, src...)
			sources := float64(len(e.Args) - 3)
			c.text += float64(len(literal(e.Args[1]))) + sources*(longest+float64(len(literal(e.Args[2]))))
		case e.Func.Name == "label_replace" && len(e.Args) == 5: // (v, dst, replacement, src, regexp)
			replacement := literal(e.Args[2])
			c.text += float64(len(literal(e.Args[1]))+len(replacement)) + float64(strings.Count(replacement, "$"))*longest
			if err := c.regexps.add(literal(e.Args[4])); err != nil {
				return err
			}
		}
	}
	if c.text > maxText {
		return errors.New("the query makes labels too long")
	}
	return nil
}

// literal is the text of an argument that must be a literal.
func literal(e parser.Expr) string {
	for {
		switch v := e.(type) {
		case *parser.ParenExpr:
			e = v.Expr
		case *parser.StringLiteral:
			return v.Val
		default:
			return ""
		}
	}
}

var (
	errWindows  = errors.New("the query goes through too many samples at each step; try a longer step or a shorter range")
	errSteps    = errors.New("the query has too many steps; try a longer step or a shorter range")
	errTooShort = errors.New("the query has a range or a step shorter than 1ms")
)

// spacing is about how far apart samples are. By the custom of recording rules
// the name of a series with a colon says it at its end.
func spacing(v *parser.VectorSelector) time.Duration {
	for _, m := range v.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual &&
			strings.Contains(m.Value, ":") && strings.HasSuffix(m.Value, "1h") {
			return time.Hour
		}
	}
	return 10 * time.Second
}
