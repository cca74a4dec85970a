package promapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/stats"
)

// queryData is the answer to a query.
type queryData struct {
	result parser.Value
	stats  stats.QueryStats // nil is left out
}

// A question is a query with all that was asked about it.
type question struct {
	text       string
	opts       promql.QueryOpts
	limit      int
	stats      string        // as it was asked for
	start, end time.Time     // the same for an instant query
	step       time.Duration // 0 for an instant query
}

func (a *API) query(r *http.Request) (answer, error) {
	at, err := timeParam(r, "time", a.now())
	if err != nil {
		return answer{}, err
	}
	return a.answer(r, question{start: at, end: at})
}

func (a *API) queryRange(r *http.Request) (answer, error) {
	q, err := rangeParam(r)
	if err != nil {
		return answer{}, err
	}
	return a.answer(r, q)
}

// answer reads the parameters that both kinds of query have, and answers in a
// place of the query's size.
func (a *API) answer(r *http.Request, q question) (answer, error) {
	var err error
	if q.limit, err = limitParam(r); err != nil {
		return answer{}, err
	}
	if q.opts, err = queryOpts(r); err != nil {
		return answer{}, err
	}
	q.text, q.stats = r.FormValue("query"), r.FormValue("stats")
	s, err := scanQuery(q.text)
	if err != nil {
		return answer{}, err
	}
	place := s.size()
	if !s.heavy && float64(s.words)*q.steps() <= lightWork {
		place = light
	}
	return a.within(r.Context(), place, func(ctx context.Context, place size) (answer, error) {
		c, err := a.check(q, s)
		if err != nil {
			return answer{}, err
		}
		if place < c.size() {
			return answer{}, errOutgrown
		}
		if err := c.regexps.measure(); err != nil {
			return answer{}, &Error{Execution, err}
		}
		samples := place.memory() / c.sampleBytes
		return a.run(ctx, q, a.engine(samples), newBudget(a.history, c.perSeries, samples))
	})
}

// scanQuery looks at the words of a query.
func scanQuery(text string) (scan, error) {
	var s scan
	if err := s.read(text); err != nil {
		return s, badParam("query", err)
	}
	return s, nil
}

// steps is how many times the query is evaluated.
func (q question) steps() float64 {
	if q.step == 0 {
		return 1
	}
	return points(q.start, q.end, q.step) + 1
}

// points is how many steps there are between two moments. Their difference may
// be too large for a duration.
func points(start, end time.Time, step time.Duration) float64 {
	return (float64(end.UnixMilli()) - float64(start.UnixMilli())) / float64(step.Milliseconds())
}

// check parses a query, and refuses it if it would cost too much.
func (a *API) check(q question, s scan) (cost, error) {
	if err := s.regexps.measure(); err != nil {
		return cost{}, badParam("query", err)
	}
	expr, err := a.parser.ParseExpr(q.text)
	if err != nil {
		return cost{}, badParam("query", err)
	}
	c, err := costOf(expr, q.end.Sub(q.start), q.steps(), s.regexps)
	if err != nil {
		return cost{}, &Error{Execution, err}
	}
	return c, nil
}

func queryOpts(r *http.Request) (promql.QueryOpts, error) {
	var lookback time.Duration
	if text := r.FormValue("lookback_delta"); text != "" {
		var err error
		if lookback, err = parseDuration(text); err != nil {
			return nil, &Error{BadData, wrap("error parsing lookback delta duration", err)}
		}
		if lookback < time.Millisecond {
			return nil, &Error{BadData, errors.New("the lookback delta is shorter than 1ms")}
		}
	}
	return promql.NewPrometheusQueryOpts(r.FormValue("stats") == "all", lookback), nil
}

// run executes a query. The answer's close ends it.
func (a *API) run(ctx context.Context, asked question, engine *promql.Engine, from storage.Queryable) (answer, error) {
	var q promql.Query
	var err error
	if asked.step == 0 {
		q, err = engine.NewInstantQuery(ctx, from, asked.opts, asked.text, asked.start)
	} else {
		q, err = engine.NewRangeQuery(ctx, from, asked.opts, asked.text, asked.start, asked.end, asked.step)
	}
	if err != nil {
		return answer{}, badParam("query", err)
	}
	got := answer{close: q.Close}
	res := q.Exec(ctx)
	if res.Err != nil {
		return got, failed(res.Err)
	}
	data := queryData{result: res.Value}
	got.notes = notes{res.Warnings, q.String()}
	if truncate(&data.result, asked.limit) {
		got.notes.add(errTruncated)
	}
	if asked.stats != "" {
		data.stats = stats.NewQueryStats(q.Stats())
	}
	got.data = data
	return got, nil
}

var errTruncated = errors.New("results truncated due to limit")

// truncate leaves at most limit series, and reports whether there were more.
func truncate(v *parser.Value, limit int) bool {
	if limit == 0 {
		return false
	}
	switch list := (*v).(type) {
	case promql.Matrix:
		if len(list) > limit {
			*v = list[:limit]
			return true
		}
	case promql.Vector:
		if len(list) > limit {
			*v = list[:limit]
			return true
		}
	}
	return false
}

func (a *API) format(r *http.Request) (answer, error) {
	return a.parsed(r, func(text string, expr parser.Expr) (answer, error) {
		if depth(expr)*len(text) > maxPretty {
			return answer{}, badParam("query", errors.New("too long and too nested to be formatted"))
		}
		return answer{data: expr.Pretty(0)}, nil
	})
}

// maxPretty bounds how deep times how long a query may be that is formatted: it
// takes a time that grows with both, for each level is written out again at
// each level above it.
const maxPretty = 512 << 10

// scanned has ask answer, in a place of the query's size, what does not run the
// query. It may parse the text: that is within bounds.
func (a *API) scanned(r *http.Request, ask func(text string) (answer, error)) (answer, error) {
	text := r.FormValue("query")
	s, err := scanQuery(text)
	if err != nil {
		return answer{}, err
	}
	return a.within(r.Context(), s.size(), func(context.Context, size) (answer, error) {
		if err := s.regexps.measure(); err != nil {
			return answer{}, badParam("query", err)
		}
		return ask(text)
	})
}

// parsed answers what asks for the form of a query only.
func (a *API) parsed(r *http.Request, ask func(string, parser.Expr) (answer, error)) (answer, error) {
	return a.scanned(r, func(text string) (answer, error) {
		expr, err := a.parser.ParseExpr(text)
		if err != nil {
			return answer{}, badParam("query", err)
		}
		if depth(expr) > maxDepth {
			return answer{}, badParam("query", fmt.Errorf("nested more than %d deep", maxDepth))
		}
		return ask(text, expr)
	})
}

// depth is how deep an expression is nested.
func depth(expr parser.Node) int {
	deepest := 0
	for child := range parser.ChildrenIter(expr) {
		deepest = max(deepest, depth(child))
	}
	return deepest + 1
}

// exemplars answers that there are none, if the question makes sense.
func (a *API) exemplars(r *http.Request) (answer, error) {
	start, end, err := spanParam(r)
	if err != nil {
		return answer{}, err
	}
	if end.Before(start) {
		return answer{}, &Error{BadData, errors.New("end timestamp must not be before start timestamp")}
	}
	return a.scanned(r, func(text string) (answer, error) {
		expr, err := a.parser.ParseExpr(text)
		if err != nil {
			return answer{}, &Error{BadData, err}
		}
		if len(parser.ExtractSelectors(expr)) == 0 {
			return answer{}, nil
		}
		return answer{data: []struct{}{}}, nil
	})
}
