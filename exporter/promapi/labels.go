package promapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

func (a *API) labelNames(r *http.Request) (answer, error) {
	return a.names(r, storage.Querier.LabelNames)
}

func (a *API) labelValues(r *http.Request) (answer, error) {
	name := r.PathValue("name")
	if strings.HasPrefix(name, "U__") {
		name = model.UnescapeName(name, model.ValueEncodingEscaping)
	}
	if !model.UTF8Validation.IsValidLabelName(name) {
		return answer{}, &Error{BadData, fmt.Errorf("invalid label name: %q", name)}
	}
	return a.names(r, func(q storage.Querier, ctx context.Context, h *storage.LabelHints, ms ...*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelValues(ctx, name, h, ms...)
	})
}

// names lists what ask finds for each selector, or at all if there is none.
func (a *API) names(
	r *http.Request,
	ask func(storage.Querier, context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error),
) (answer, error) {
	limit, err := limitParam(r)
	if err != nil {
		return answer{}, err
	}
	return a.askLabels(r, func(err error) error { return &Error{BadData, err} }, func(ctx context.Context, w window, sets [][]*labels.Matcher) (answer, error) {
		q, err := a.history.Querier(w.mint, w.maxt)
		if err != nil {
			return answer{}, failed(err)
		}
		defer q.Close()
		if len(sets) == 0 {
			sets = [][]*labels.Matcher{nil}
		}
		found := map[string]bool{}
		var got notes
		for _, ms := range sets {
			list, more, err := ask(q, ctx, &storage.LabelHints{}, ms...)
			if err != nil {
				return answer{}, failed(err)
			}
			got.list.Merge(more)
			for _, s := range list {
				found[strings.Clone(s)] = true // s may end with the querier
			}
		}
		list := slices.AppendSeq([]string{}, maps.Keys(found))
		slices.Sort(list)
		if limit > 0 && len(list) > limit {
			list = list[:limit]
			got.add(errTruncated)
		}
		return answer{data: list, notes: got}, nil
	})
}

func (a *API) series(r *http.Request) (answer, error) {
	if len(r.Form["match[]"]) == 0 {
		return answer{}, &Error{BadData, errNoMatch}
	}
	limit, err := limitParam(r)
	if err != nil {
		return answer{}, err
	}
	return a.askLabels(r, func(err error) error { return badParam("match[]", err) }, func(ctx context.Context, w window, sets [][]*labels.Matcher) (answer, error) {
		list := []labels.Labels{}
		var got notes
		// Func tells the store that no samples are needed.
		hints := &storage.SelectHints{Start: w.mint, End: w.maxt, Func: "series"}
		err := a.eachSeries(ctx, hints, sets, &got, func(s storage.Series) { list = append(list, s.Labels()) })
		slices.SortFunc(list, labels.Compare)
		if limit > 0 && len(list) > limit {
			list = list[:limit]
			got.add(errTruncated)
		}
		return answer{data: list, notes: got}, err
	})
}

// eachSeries does something with each series that the selectors select, once.
// It goes through one selector after the other, for each takes memory for all of
// its series.
func (a *API) eachSeries(ctx context.Context, hints *storage.SelectHints, sets [][]*labels.Matcher, got *notes, do func(storage.Series)) error {
	q, err := a.history.Querier(hints.Start, hints.End)
	if err != nil {
		return failed(err)
	}
	defer q.Close()
	seen := map[string]bool{}
	var key []byte
	for _, ms := range sets {
		set := q.Select(ctx, true, hints, ms...)
		for set.Next() {
			if err := ctx.Err(); err != nil {
				return failed(err)
			}
			s := set.At()
			if key = s.Labels().Bytes(key); !seen[string(key)] {
				seen[string(key)] = true
				do(s)
			}
		}
		if err := set.Err(); err != nil {
			return failed(err)
		}
		got.list.Merge(set.Warnings())
	}
	return nil
}

// A window is a span in Unix ms, both ends within.
type window struct{ mint, maxt int64 }

// askLabels reads the parameters that questions about labels have in common, and has
// ask answer in a place of the selectors' size. A selector without sense is told
// as mistaken says.
func (a *API) askLabels(
	r *http.Request, mistaken func(error) error,
	ask func(context.Context, window, [][]*labels.Matcher) (answer, error),
) (answer, error) {
	start, end, err := spanParam(r)
	if err != nil {
		return answer{}, err
	}
	var s scan
	if err := s.readSelectors(r.Form["match[]"]); err != nil {
		return answer{}, mistaken(err)
	}
	return a.within(r.Context(), s.size(), func(ctx context.Context, _ size) (answer, error) {
		if err := s.regexps.measure(); err != nil {
			return answer{}, mistaken(err)
		}
		sets, err := a.parseSelectors(r.Form["match[]"])
		if err != nil {
			return answer{}, mistaken(err)
		}
		return ask(ctx, window{timestamp.FromTime(start), timestamp.FromTime(end)}, sets)
	})
}
