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
	limit, q, sets, err := a.look(r, func(err error) error { return &Error{BadData, err} })
	if err != nil {
		return answer{}, err
	}
	defer q.Close()
	if len(sets) == 0 {
		sets = [][]*labels.Matcher{nil}
	}
	found := map[string]bool{}
	var got notes
	for _, ms := range sets {
		list, more, err := ask(q, r.Context(), &storage.LabelHints{}, ms...)
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
}

func (a *API) series(r *http.Request) (answer, error) {
	if len(r.Form["match[]"]) == 0 {
		return answer{}, &Error{BadData, errNoMatch}
	}
	limit, q, sets, err := a.look(r, func(err error) error { return badParam("match[]", err) })
	if err != nil {
		return answer{}, err
	}
	defer q.Close()
	start, end, err := spanParam(r)
	if err != nil {
		return answer{}, err
	}
	// Func tells the store that no samples are needed.
	hints := &storage.SelectHints{Start: timestamp.FromTime(start), End: timestamp.FromTime(end), Func: "series"}
	var parts []storage.SeriesSet
	for _, ms := range sets {
		parts = append(parts, q.Select(r.Context(), true, hints, ms...))
	}
	set := storage.NewMergeSeriesSet(parts, 0, storage.ChainedSeriesMerge)

	list := []labels.Labels{}
	got := notes{list: set.Warnings()}
	for set.Next() {
		if r.Context().Err() != nil {
			return answer{}, failed(r.Context().Err())
		}
		if limit > 0 && len(list) == limit {
			got.add(errTruncated)
			break
		}
		list = append(list, set.At().Labels())
	}
	if err := set.Err(); err != nil {
		return answer{}, failed(err)
	}
	return answer{data: list, notes: got}, nil
}

// look reads the parameters that questions about labels have in common, and
// opens the history. A selector without sense is told as mistaken says.
func (a *API) look(r *http.Request, mistaken func(error) error) (limit int, q storage.Querier, sets [][]*labels.Matcher, err error) {
	if limit, err = limitParam(r); err != nil {
		return 0, nil, nil, err
	}
	start, end, err := spanParam(r)
	if err != nil {
		return 0, nil, nil, err
	}
	if sets, err = a.matchParam(r); err != nil {
		return 0, nil, nil, mistaken(err)
	}
	q, err = a.history.Querier(timestamp.FromTime(start), timestamp.FromTime(end))
	if err != nil {
		return 0, nil, nil, failed(err)
	}
	return limit, q, sets, nil
}
