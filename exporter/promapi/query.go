package promapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/stats"
)

// queryData is the answer to a query.
type queryData struct {
	result parser.Value
	stats  stats.QueryStats // nil is left out
}

func (a *API) query(r *http.Request) (answer, error) {
	limit, err := limitParam(r)
	if err != nil {
		return answer{}, err
	}
	at, err := timeParam(r, "time", a.now())
	if err != nil {
		return answer{}, err
	}
	opts, err := queryOpts(r)
	if err != nil {
		return answer{}, err
	}
	if err := a.check(r.FormValue("query"), 0, 1); err != nil {
		return answer{}, err
	}
	q, err := a.engine.NewInstantQuery(r.Context(), a.history, opts, r.FormValue("query"), at)
	if err != nil {
		return answer{}, badParam("query", err)
	}
	return run(r.Context(), q, limit, r.FormValue("stats"))
}

func (a *API) queryRange(r *http.Request) (answer, error) {
	limit, err := limitParam(r)
	if err != nil {
		return answer{}, err
	}
	start, err := parseTime(r.FormValue("start"))
	if err != nil {
		return answer{}, badParam("start", err)
	}
	end, err := parseTime(r.FormValue("end"))
	if err != nil {
		return answer{}, badParam("end", err)
	}
	if end.Before(start) {
		return answer{}, badParam("end", errors.New("end timestamp must not be before start time"))
	}
	step, err := parseDuration(r.FormValue("step"))
	if err != nil {
		return answer{}, badParam("step", err)
	}
	if step <= 0 {
		return answer{}, badParam("step", errors.New("zero or negative query resolution step widths are not accepted. Try a positive integer"))
	}
	if end.Sub(start)/step > maxPoints {
		return answer{}, &Error{BadData, errors.New("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")}
	}
	opts, err := queryOpts(r)
	if err != nil {
		return answer{}, err
	}
	if err := a.check(r.FormValue("query"), end.Sub(start), float64(end.Sub(start)/step)+1); err != nil {
		return answer{}, err
	}
	q, err := a.engine.NewRangeQuery(r.Context(), a.history, opts, r.FormValue("query"), start, end, step)
	if err != nil {
		return answer{}, badParam("query", err)
	}
	return run(r.Context(), q, limit, r.FormValue("stats"))
}

// check parses a query that has the given steps over the given span, and
// refuses it if it would cost too much.
func (a *API) check(query string, span time.Duration, steps float64) error {
	if len(query) > maxQuery {
		return badParam("query", fmt.Errorf("longer than %d bytes", maxQuery))
	}
	expr, err := a.parser.ParseExpr(query)
	if err != nil {
		return badParam("query", err)
	}
	if err := bounded(expr, span, steps); err != nil {
		return &Error{Execution, err}
	}
	return nil
}

func queryOpts(r *http.Request) (promql.QueryOpts, error) {
	var lookback time.Duration
	if text := r.FormValue("lookback_delta"); text != "" {
		var err error
		if lookback, err = parseDuration(text); err != nil {
			return nil, &Error{BadData, wrap("error parsing lookback delta duration", err)}
		}
	}
	return promql.NewPrometheusQueryOpts(r.FormValue("stats") == "all", lookback), nil
}

// run executes a query, and closes it with the answer.
func run(ctx context.Context, q promql.Query, limit int, statsWanted string) (answer, error) {
	got := answer{close: q.Close}
	res := q.Exec(ctx)
	if res.Err != nil {
		return got, failed(res.Err)
	}
	data := queryData{result: res.Value}
	got.notes = notes{res.Warnings, q.String()}
	if truncate(&data.result, limit) {
		got.notes.add(errTruncated)
	}
	if statsWanted != "" {
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
	query := r.FormValue("query")
	if len(query) > maxQuery {
		return answer{}, badParam("query", fmt.Errorf("longer than %d bytes", maxQuery))
	}
	expr, err := a.parser.ParseExpr(query)
	if err != nil {
		return answer{}, badParam("query", err)
	}
	return answer{data: expr.Pretty(0)}, nil
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
	query := r.FormValue("query")
	if len(query) > maxQuery {
		return answer{}, badParam("query", fmt.Errorf("longer than %d bytes", maxQuery))
	}
	expr, err := a.parser.ParseExpr(query)
	if err != nil {
		return answer{}, &Error{BadData, err}
	}
	if len(parser.ExtractSelectors(expr)) == 0 {
		return answer{}, nil
	}
	return answer{data: []struct{}{}}, nil
}
