package exporter

import (
	"runtime"

	"picotop/house"
	"picotop/internal/status"
)

// A Figure is one series of a Summary.
type Figure struct {
	Name   string
	Labels map[string]string // without the name; nil means none
	Value  float64
}

// Summary is how picotop fares in a few figures, for who gets them pushed and pays for
// each series. Their names are those of /metrics where there is one; what has several
// series there, by port or reason, is one sum here.
func Summary(version string, ps status.Status, st house.State) []Figure {
	silent := 0
	for _, p := range st.Picos {
		if p.Silent {
			silent++
		}
	}
	all := []Figure{
		{buildInfoName, buildLabels(version), 1},
		{datagrams.name, nil, float64(ps.Feed.Datagrams())},
		{refusedDatagrams.name, nil, float64(ps.Feed.RefusedTotal())},
		{historySize.name, nil, float64(ps.History.Bytes)},
		{"picotop_sensors", nil, float64(len(st.Sensors))},
		{"picotop_silent_picos", nil, float64(silent)},
	}
	for target, r := range unique(ps.RemoteWrite, func(r *status.RemoteWrite) string { return clean(r.Target) }) {
		all = append(all, Figure{remoteWriteBehind.name, map[string]string{labelTarget: target}, r.Behind.Seconds()})
	}
	return all
}

const buildInfoName = "picotop_build_info"

// buildLabels say what program this is and what built it.
func buildLabels(version string) map[string]string {
	return map[string]string{
		"version":   clean(version),
		"goversion": runtime.Version(),
		"goos":      runtime.GOOS,
		"goarch":    runtime.GOARCH,
	}
}
