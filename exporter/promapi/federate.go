package promapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// federate answers a Prometheus that takes over the newest sample of each
// series: those that match[] selects, with their times, and without a type, as
// Prometheus's own /federate does. Errors are plain text, as there.
func (a *API) federate(w http.ResponseWriter, r *http.Request) {
	ctx, cancel, err := readForm(w, r)
	if err != nil {
		a.refusePlain(w, err)
		return
	}
	defer cancel()
	texts := r.Form["match[]"]
	var s scan
	if err := s.readSelectors(texts); err != nil {
		a.refusePlain(w, &Error{BadData, err})
		return
	}
	got, err := a.within(ctx, s.size(), func(ctx context.Context, _ size) (answer, error) {
		if err := s.regexps.measure(); err != nil {
			return answer{}, &Error{BadData, err}
		}
		sets, err := a.parser.ParseMetricSelectors(texts)
		if err != nil {
			return answer{}, &Error{BadData, err}
		}
		families, err := a.newest(ctx, sets)
		return answer{data: families}, err
	})
	if err != nil {
		got.release()
		a.refusePlain(w, err)
		return
	}
	format := expfmt.NegotiateAccept(r.Header,
		expfmt.NewFormat(expfmt.TypeProtoDelim), expfmt.NewFormat(expfmt.TypeProtoText),
		expfmt.NewFormat(expfmt.TypeProtoCompact), expfmt.NewFormat(expfmt.TypeTextPlain))
	w.Header().Set("Content-Type", string(format))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	out := newSpool(w)
	err = func() error {
		defer got.release()
		encoder := expfmt.NewEncoder(out, format)
		for _, f := range got.data.([]*dto.MetricFamily) {
			if err := encoder.Encode(f); err != nil {
				return err
			}
		}
		return nil
	}()
	a.sent(errors.Join(err, out.flush()))
	got = answer{} // so that rest finds it gone
	a.rest()
}

// refusePlain is refuse in plain text.
func (a *API) refusePlain(w http.ResponseWriter, err error) {
	e := a.errorOf(err)
	http.Error(w, e.Error(), e.status())
}

// newest returns the newest sample of each series that is not stale.
func (a *API) newest(ctx context.Context, sets [][]*labels.Matcher) ([]*dto.MetricFamily, error) {
	if len(sets) == 0 {
		return nil, nil
	}
	now := a.now()
	hints := &storage.SelectHints{Start: now.Add(-lookback).UnixMilli(), End: now.UnixMilli()}
	families := map[string]*dto.MetricFamily{}
	var it chunkenc.Iterator
	var got notes
	err := a.eachSeries(ctx, hints, sets, &got, func(s storage.Series) {
		it = s.Iterator(it)
		newest, found := promql.FPoint{}, false
		for it.Next() == chunkenc.ValFloat { // all are
			newest.T, newest.F = it.At()
			found = true
		}
		if found && !value.IsStaleNaN(newest.F) {
			addSample(families, s.Labels(), newest)
		}
	})
	list := make([]*dto.MetricFamily, 0, len(families))
	for _, f := range families {
		list = append(list, f)
	}
	for _, f := range list {
		slices.SortStableFunc(f.Metric, func(a, b *dto.Metric) int {
			return slices.CompareFunc(a.Label, b.Label, func(a, b *dto.LabelPair) int {
				return cmp.Or(cmp.Compare(a.GetName(), b.GetName()), cmp.Compare(a.GetValue(), b.GetValue()))
			})
		})
	}
	slices.SortFunc(list, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return list, err
}

// addSample adds a sample to its family. As in Prometheus each has a label
// instance, empty if the series has none, so that who takes it over with
// honor_labels does not call it after this machine.
func addSample(families map[string]*dto.MetricFamily, l labels.Labels, p promql.FPoint) {
	name := l.Get(model.MetricNameLabel)
	m := &dto.Metric{TimestampMs: &p.T, Untyped: &dto.Untyped{Value: &p.F}}
	pair := func(name, value string) { m.Label = append(m.Label, &dto.LabelPair{Name: &name, Value: &value}) }
	l.Range(func(l labels.Label) {
		if l.Name != model.MetricNameLabel {
			pair(l.Name, l.Value)
		}
	})
	if l.Get("instance") == "" {
		pair("instance", "")
	}
	if families[name] == nil {
		families[name] = &dto.MetricFamily{Name: &name, Type: dto.MetricType_UNTYPED.Enum()}
	}
	families[name].Metric = append(families[name].Metric, m)
}
