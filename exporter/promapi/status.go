package promapi

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/tsdb/index"
)

// speaks is the version of Prometheus that this API is that of: clients ask for
// it to know what they may ask. It follows the library: v0.315 is of 3.15.
const speaks = "3.15.0"

// described is what is known of one metric, with the fields in Prometheus's
// order.
type described struct {
	Type string `json:"type"`
	Unit string `json:"unit"`
	Help string `json:"help"`
}

func (a *API) metadata(r *http.Request) (answer, error) {
	limit := -1
	if text := r.FormValue("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil {
			return answer{}, &Error{BadData, errors.New("limit must be a number")}
		}
	}
	if text := r.FormValue("limit_per_metric"); text != "" {
		if _, err := strconv.Atoi(text); err != nil { // each has one
			return answer{}, &Error{BadData, errors.New("limit_per_metric must be a number")}
		}
	}
	help := a.history.Help()
	found := map[string][]described{}
	for _, name := range slices.Sorted(maps.Keys(help)) {
		if limit >= 0 && len(found) >= limit {
			break
		}
		if metric := r.FormValue("metric"); metric == "" || metric == name {
			found[name] = []described{{Type: "gauge", Help: help[name]}}
		}
	}
	return answer{data: found}, nil
}

// rules answers that there are none: picotop's warnings have no expression.
func (a *API) rules(*http.Request) (answer, error) {
	return answer{data: map[string][]struct{}{"groups": {}}}, nil
}

func (a *API) buildInfo(*http.Request) (answer, error) {
	return answer{data: struct {
		Version   string `json:"version"`
		Revision  string `json:"revision"`
		Branch    string `json:"branch"`
		BuildUser string `json:"buildUser"`
		BuildDate string `json:"buildDate"`
		GoVersion string `json:"goVersion"`
	}{Version: speaks, Revision: "picotop " + a.version, GoVersion: runtime.Version()}}, nil
}

// counted is one line of a statistic.
type counted struct {
	Name  string `json:"name"`
	Value uint64 `json:"value"`
}

func (a *API) index(r *http.Request) (answer, error) {
	const maxLimit = 10000 // as in Prometheus
	limit := 10
	if text := r.FormValue("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return answer{}, &Error{BadData, errors.New("limit must be a positive number")}
		}
		if n > maxLimit {
			return answer{}, &Error{BadData, fmt.Errorf("limit must not exceed %d", maxLimit)}
		}
		limit = n
	}
	st, err := a.history.Index(limit)
	if err != nil {
		return answer{}, &Error{Internal, err}
	}
	list := func(of []index.Stat) []counted {
		out := make([]counted, 0, len(of))
		for _, s := range of {
			out = append(out, counted{s.Name, s.Count})
		}
		return out
	}
	type head struct {
		NumSeries     uint64 `json:"numSeries"`
		NumLabelPairs int    `json:"numLabelPairs"`
		ChunkCount    int64  `json:"chunkCount"`
		MinTime       int64  `json:"minTime"`
		MaxTime       int64  `json:"maxTime"`
	}
	p := st.IndexPostingStats
	return answer{data: struct {
		Head          head      `json:"headStats"`
		ByMetric      []counted `json:"seriesCountByMetricName"`
		ValuesByName  []counted `json:"labelValueCountByLabelName"`
		MemoryByName  []counted `json:"memoryInBytesByLabelName"`
		SeriesByValue []counted `json:"seriesCountByLabelValuePair"`
	}{
		Head:          head{NumSeries: st.NumSeries, NumLabelPairs: p.NumLabelPairs, MinTime: st.MinTime, MaxTime: st.MaxTime},
		ByMetric:      list(p.CardinalityMetricsStats),
		ValuesByName:  list(p.CardinalityLabelStats),
		MemoryByName:  list(p.LabelValueStats),
		SeriesByValue: list(p.LabelValuePairsStats),
	}}, nil
}
