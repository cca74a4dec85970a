package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/overview"
)

const (
	// rowLabel is the label that tells the rows of the query of houses apart.
	rowLabel = "picotop_row"
	// sensorSilentAfter is after how many seconds a sensor counts as silent of which
	// nobody judged that. How often it sends is not known here.
	sensorSilentAfter = 300
	// gonePast is how far back houses are looked for of which nothing comes, and goneStep
	// how closely.
	gonePast = 7 * 24 * time.Hour
	goneStep = "30m"
	maxGone  = 100 // asked for at once
)

// Houses lists the houses, by one query that the engine answers with a few lines for each.
// What is wrong there is what picotop said of it, if it did. Of a house of which it did
// not, such as one of the first exporter, a sensor is freezing by the rules, and silent
// when it was not heard for five minutes.
func (c *Client) Houses(ctx context.Context, rules house.Rules, known Known) (overview.List, error) {
	now := c.now()
	rows, err := c.vector(ctx, c.housesQuery(rules.HighestLimit(), known), now)
	if err != nil {
		return overview.List{}, err
	}
	byName := map[string]*overview.House{}
	list := overview.List{At: now}
	for _, row := range rows {
		key := string(row.Metric[model.LabelName(c.label)])
		if len(key) > maxKey {
			continue
		}
		h := byName[key]
		if h == nil {
			if len(byName) >= MaxHouses {
				list.More++ // at least
				continue
			}
			h = newHouse(key)
			byName[key] = h
		}
		addRow(h, row, rules)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		h := byName[name]
		h.Judge(now)
		list.Houses = append(list.Houses, *h)
	}
	list.Sort()
	return list, nil
}

// maxKey bounds the names of houses, in bytes.
const maxKey = 1024

func newHouse(key string) *overview.House {
	return &overview.House{Key: key, Name: clean(key, feed.MaxNameRunes)}
}

// Gone is the line of a house of which nothing comes any more.
func Gone(key string, heard, now time.Time) overview.House {
	h := newHouse(key)
	h.Heard = heard
	h.Judge(now)
	return *h
}

// housesQuery is the query for all houses. The parts that judge leave out the houses of
// which picotop judged.
func (c *Client) housesQuery(limit float64, known Known) string {
	s := c.selector(nil)
	by := "by (" + c.label + ") "
	judged := fmt.Sprintf(" unless on (%s) count %s(%s%s)", c.label, by, sensorCondition, s)
	each := func(format string, metrics []string) string {
		var all []string
		for _, metric := range metrics {
			all = append(all, fmt.Sprintf(format, metric+s))
		}
		return strings.Join(all, " or ")
	}
	wrong := c.selector(nil, labels.MustNewMatcher(labels.MatchRegexp, "condition", "freezing|silent|broken|too_warm|too_fast|near"))
	silent := c.selector(nil, equals("condition", "silent"))
	var parts []string
	add := func(row, query string) {
		parts = append(parts, fmt.Sprintf("label_replace(%s, %q, %q, \"\", \"\")", query, rowLabel, row))
	}
	heard := each("max "+by+"(%s)", known.seen)
	if known.untimed {
		heard += " or " + each("max "+by+"(timestamp(%s))", known.temperatures)
	}
	add("sensors", each("count "+by+"(%s)", known.temperatures))
	add("heard", heard)
	add("coldest", each("bottomk "+by+"(1, %s)", known.temperatures))
	// The value of a condition is the temperature; noValue of a sensor that has none.
	condition := sensorCondition + wrong + " == 1"
	add("condition", fmt.Sprintf("(%s) * on (%s, %s) group_left () max by (%s, %s) (%s%s) or (%s) + %d",
		condition, c.label, sensorLabel, c.label, sensorLabel, picotopTemperature, s, condition, noValue-1))
	add("pico", picoCondition+silent+" == 1")
	add("low", "("+each(fmt.Sprintf("%%s <= %g", limit), known.temperatures)+")"+judged)
	add("silent", "("+each(fmt.Sprintf("time() - %%s > %d", sensorSilentAfter), known.seen)+")"+judged)
	return strings.Join(parts, " or ")
}

// addRow adds what a row tells of a house.
func addRow(h *overview.House, row *model.Sample, rules house.Rules) {
	value := float64(row.Value)
	who, _ := identity(row.Metric)
	name := cmp.Or(who.FriendlyName, who.SensorName)
	switch string(row.Metric[rowLabel]) {
	case "sensors":
		h.Sensors = int(min(max(value, 0), 1e6))
	case "heard":
		if value > 0 && value < 1e11 {
			h.Heard = time.UnixMilli(int64(value * 1000))
		}
	case "coldest":
		if measured(value) && (h.ColdestSensor == "" || value < h.Coldest) {
			h.ColdestSensor, h.Coldest = name, value
		}
	case "condition":
		addCondition(h, house.Kind(row.Metric["condition"]), name, value)
	case "pico":
		h.SilentPicos++
		h.Kind, h.Pico = worse(h.Kind, house.Silent), label(row.Metric, picoLabel)
	case "silent":
		addCondition(h, house.Silent, name, noValue)
	case "low":
		limit, ok := rules.LimitOf(who.Sensor, name)
		if !ok || !measured(value) || value > limit {
			return
		}
		addCondition(h, house.Freezing, name, value)
	}
}

// measured reports whether a value is a temperature that a sensor may measure.
func measured(value float64) bool { return value >= feed.MinCelsius && value <= feed.MaxCelsius }

// addCondition adds that a sensor is in a condition. Of several the coldest is told.
func addCondition(h *overview.House, kind house.Kind, sensor string, celsius float64) {
	if !measured(celsius) {
		celsius = noValue
	}
	switch kind {
	case house.Freezing:
		h.Freezing++
	case house.Silent:
		h.Silent++
	}
	if !slices.Contains(house.Kinds(), kind) {
		return
	}
	if h.Kind == kind && !(celsius < h.Celsius) || h.Kind != kind && worse(h.Kind, kind) == h.Kind {
		return
	}
	h.Kind, h.Sensor, h.Celsius = kind, sensor, celsius
}

// worse is the worse of two kinds, of which the first may be none.
func worse(a, b house.Kind) house.Kind {
	kinds := house.Kinds()
	if i := slices.Index(kinds, a); i >= 0 && i <= slices.Index(kinds, b) {
		return a
	}
	return b
}

// Known is what is known of the houses of an engine by its index alone. It changes seldom.
type Known struct {
	Names []string // of which anything was kept in the last week

	// The metrics that have to be asked for to find each house. Where a house has
	// temperatures under both names, as picotop has, one of them will do.
	temperatures, seen []string
	untimed            bool // whether there is a house that tells no times
}

// Known asks which houses there are, and what they tell.
func (c *Client) Known(ctx context.Context) (Known, error) {
	houses := func(metrics ...string) (map[string]bool, error) {
		found := map[string]bool{}
		for _, metric := range metrics {
			now := c.now()
			values, _, _, err := c.api.LabelValues(ctx, c.label, []string{metric + c.selector(nil)}, now.Add(-gonePast), now)
			if err != nil {
				return nil, c.wrap(err)
			}
			for _, v := range values[:min(len(values), MaxHouses)] {
				if len(v) <= maxKey {
					found[string(v)] = true
				}
			}
		}
		return found, nil
	}
	first, err := houses(temperature)
	if err != nil {
		return Known{}, err
	}
	own, err := houses(picotopTemperature)
	if err != nil {
		return Known{}, err
	}
	timed, err := houses(seen, picotopSeen)
	if err != nil {
		return Known{}, err
	}
	k := Known{temperatures: []string{picotopTemperature, temperature}, seen: []string{picotopSeen, seen}}
	switch {
	case len(first) > 0 && includes(first, own):
		k.temperatures, k.seen = k.temperatures[1:], k.seen[1:]
	case len(first) == 0 && len(own) > 0:
		k.temperatures, k.seen = k.temperatures[:1], k.seen[:1]
	}
	maps.Copy(first, own)
	k.untimed = len(first) == 0 || !includes(timed, first)
	k.Names = slices.Sorted(maps.Keys(first))
	return k, nil
}

// includes reports whether all of b is in a.
func includes(a, b map[string]bool) bool {
	for name := range b {
		if !a[name] {
			return false
		}
	}
	return true
}

// LastHeard asks when anything was last heard of houses of which nothing comes now, of a
// hundred at most. Of one that is not in the answer nobody knows.
func (c *Client) LastHeard(ctx context.Context, names []string) (map[string]time.Time, error) {
	var quoted []string
	for _, name := range names[:min(len(names), maxGone)] {
		quoted = append(quoted, regexp.QuoteMeta(name))
	}
	some, err := labels.NewMatcher(labels.MatchRegexp, c.label, strings.Join(quoted, "|"))
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", c.target, err)
	}
	s := c.selector(nil, some)
	query := fmt.Sprintf("max by (%s) (max_over_time(timestamp(%s%s)[%s:%s]) or max_over_time(timestamp(%s%s)[%s:%s]))", c.label,
		picotopTemperature, s, format(gonePast), goneStep, temperature, s, format(gonePast), goneStep)
	rows, err := c.vector(ctx, query, c.now())
	if err != nil {
		return nil, err
	}
	heard := map[string]time.Time{}
	for _, row := range rows {
		if v := float64(row.Value); v > 0 && v < 1e11 {
			heard[string(row.Metric[model.LabelName(c.label)])] = time.UnixMilli(int64(v * 1000))
		}
	}
	return heard, nil
}

// format writes a duration for PromQL.
func format(d time.Duration) string { return fmt.Sprintf("%dms", d.Milliseconds()) }
