package promapi

import (
	"errors"
	"fmt"
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
	// maxQuery bounds how deep a query can be nested.
	maxQuery     = 16 << 10 // bytes
	maxSelectors = 100
	// maxSteps bounds one subquery: 2 years of minutes.
	maxSteps = 1_000_000
	// maxWindows bounds the samples that one function over a range goes
	// through, again for each step, of each series: 24 hours at each of 11,000
	// steps are 95 million. A small machine takes about a second for it.
	maxWindows = 150_000_000
	// maxGrowth bounds how many times a label can be made longer:
	// label_join(label_join(...)) of a label with itself doubles it each time.
	maxGrowth = 1000
)

// bounded refuses what costs too much. Steps are how many times the expression
// is evaluated, over the span.
func bounded(expr parser.Expr, span time.Duration, steps float64) error {
	b := bounds{}
	return b.walk(expr, span, steps, 1)
}

type bounds struct{ selectors int }

func (b *bounds) walk(expr parser.Node, span time.Duration, steps, growth float64) error {
	switch e := expr.(type) {
	case *parser.VectorSelector:
		if b.selectors++; b.selectors > maxSelectors {
			return fmt.Errorf("the query selects more than %d times", maxSelectors)
		}
		return nil
	case *parser.MatrixSelector:
		v, ok := e.VectorSelector.(*parser.VectorSelector)
		if ok && (v.Timestamp != nil || v.StartOrEnd != 0) { // evaluated once
			steps = 1
		}
		if ok && steps*float64(e.Range/spacing(v)) > maxWindows {
			return errWindows
		}
		return b.walk(e.VectorSelector, span, steps, growth)
	case *parser.SubqueryExpr:
		if e.Timestamp != nil || e.StartOrEnd != 0 {
			span, steps = 0, 1
		}
		step := e.Step
		if step == 0 {
			step = subqueryStep
		}
		if steps*float64(e.Range/step) > maxWindows {
			return errWindows
		}
		span += e.Range
		steps = float64(span/step) + 1
		if steps > maxSteps {
			return fmt.Errorf("a subquery has more than %d steps; try a longer step or a shorter range", maxSteps)
		}
	case *parser.Call:
		if growth *= grows(e); growth > maxGrowth {
			return errors.New("the query makes labels too long")
		}
	}
	for child := range parser.ChildrenIter(expr) {
		if err := b.walk(child, span, steps, growth); err != nil {
			return err
		}
	}
	return nil
}

var errWindows = errors.New("the query goes through too many samples at each step; try a longer step or a shorter range")

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

// grows is how many times longer a call can make a label.
func grows(e *parser.Call) float64 {
	switch e.Func.Name {
	case "label_join":
		return float64(max(len(e.Args)-3, 1))
	case "label_replace":
		if len(e.Args) > 2 {
			if s, ok := e.Args[2].(*parser.StringLiteral); ok {
				return float64(1 + strings.Count(s.Val, "$"))
			}
		}
		return maxGrowth
	}
	return 1
}
