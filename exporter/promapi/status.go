package promapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/tsdb"
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

// config is the configuration as far as one of Prometheus could say it.
func (a *API) config(*http.Request) (answer, error) {
	return answer{data: map[string]string{"yaml": "global:\n  scrape_interval: 15s\n  evaluation_interval: 1m\n"}}, nil
}

// flags are those of Prometheus's that have a counterpart here.
func (a *API) flags(*http.Request) (answer, error) {
	return answer{data: map[string]string{
		"query.lookback-delta":  model.Duration(lookback).String(),
		"query.max-concurrency": strconv.Itoa(cap(a.limiters[small].running) + cap(a.limiters[big].running)),
		"query.max-samples":     strconv.Itoa(maxSamples),
		"query.timeout":         model.Duration(MaxTime).String(),
		"web.enable-admin-api":  "false",
		"web.enable-lifecycle":  "false",
	}}, nil
}

// runtimeInfo tells nothing of the machine: neither its name nor its folders.
func (a *API) runtimeInfo(*http.Request) (answer, error) {
	return answer{data: struct {
		StartTime           time.Time `json:"startTime"`
		CWD                 string    `json:"CWD"`
		Hostname            string    `json:"hostname"`
		ServerTime          time.Time `json:"serverTime"`
		ReloadConfigSuccess bool      `json:"reloadConfigSuccess"`
		LastConfigTime      time.Time `json:"lastConfigTime"`
		CorruptionCount     int64     `json:"corruptionCount"`
		GoroutineCount      int       `json:"goroutineCount"`
		GOMAXPROCS          int       `json:"GOMAXPROCS"`
		GOMEMLIMIT          int64     `json:"GOMEMLIMIT"` // bytes
		GOGC                string    `json:"GOGC"`
		GODEBUG             string    `json:"GODEBUG"`
		StorageRetention    string    `json:"storageRetention"`
	}{
		StartTime: a.started.UTC(), ServerTime: a.now().UTC(), LastConfigTime: a.started.UTC(), ReloadConfigSuccess: true,
		GoroutineCount: runtime.NumGoroutine(), GOMAXPROCS: runtime.GOMAXPROCS(0), GOMEMLIMIT: debug.SetMemoryLimit(-1),
	}}, nil
}

// replay says that what was not stored at the last end is read: nothing is
// served before.
func (a *API) replay(*http.Request) (answer, error) {
	return answer{data: struct {
		Min     int `json:"min"`
		Max     int `json:"max"`
		Current int `json:"current"`
	}{}}, nil
}

// targets answers that there are none: picotop scrapes nothing, Picos send.
func (a *API) targets(*http.Request) (answer, error) {
	return answer{data: struct {
		Active  []struct{}     `json:"activeTargets"`
		Dropped []struct{}     `json:"droppedTargets"`
		Counts  map[string]int `json:"droppedTargetCounts"`
	}{[]struct{}{}, []struct{}{}, map[string]int{}}}, nil
}

func (a *API) scrapePools(*http.Request) (answer, error) {
	return answer{data: map[string][]string{"scrapePools": {}}}, nil
}

func (a *API) alertmanagers(*http.Request) (answer, error) {
	return answer{data: struct {
		Active  []struct{} `json:"activeAlertmanagers"`
		Dropped []struct{} `json:"droppedAlertmanagers"`
	}{[]struct{}{}, []struct{}{}}}, nil
}

// none is an empty list of something that there never is here.
func (a *API) none(*http.Request) (answer, error) { return answer{data: []struct{}{}}, nil }

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
	return a.within(r.Context(), small, func(context.Context, size) (answer, error) {
		st, err := a.history.Index(limit)
		if err != nil {
			return answer{}, &Error{Internal, err}
		}
		return answer{data: indexOf(st)}, nil
	})
}

// indexOf is a statistic as Prometheus writes it.
func indexOf(st *tsdb.Stats) any {
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
	return struct {
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
	}
}
