package promapi

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// An Alert is a warning that lasts. Its fields but for the last two are labels,
// the same as those of the series ALERTS that the history stores of it; empty
// ones are left out.
type Alert struct {
	Name         string // Freezing, Silent, Near or SetAside; others are not told
	Sensor       string // ROM code; empty if it is a Pico's
	SensorName   string
	FriendlyName string
	Pico         string // label of the Pico; empty if it is a sensor's

	Since   time.Time
	Summary string // what is the matter, in one line for people
}

// kinds are the warnings there can be, worst first. People's dashboards and
// rules are written against their names.
var kinds = []struct{ name, summary string }{
	{"Freezing", "A temperature is below its limit."},
	{"Silent", "A sensor or a Pico is not heard any more."},
	{"Broken", "A sensor sends nothing but impossible values."},
	{"NoPackets", "Nothing is heard from any Pico."},
	{"CannotStore", "Readings cannot be stored."},
	{"ClockNotSet", "The clock of the machine is wrong."},
	{"TooWarm", "A temperature is above its high limit."},
	{"TooFast", "A temperature changes faster than it may."},
	{"Near", "A temperature is close to its limit."},
	{"Upload", "The feed calls of a Pico fail."},
	{"Clash", "Two Picos send one ROM code."},
	{"NameClash", "Two sensors have one name."},
	{"Replaced", "A sensor is silent, and a new one has its name."},
	{"SetAside", "A reading was not believed."},
}

// What the rules are called. They have no file; clients show it all the same.
const (
	ruleGroup = "picotop"
	ruleFile  = "picotop"
)

// activeAlert is an alert as Prometheus writes it, with the fields in its order.
type activeAlert struct {
	Labels      labels.Labels `json:"labels"`
	Annotations labels.Labels `json:"annotations"`
	State       string        `json:"state"`
	ActiveAt    time.Time     `json:"activeAt"`
	Value       string        `json:"value"`
}

// alertingRule is a rule as Prometheus writes it.
type alertingRule struct {
	State          string        `json:"state"`
	Name           string        `json:"name"`
	Query          string        `json:"query"`
	Duration       float64       `json:"duration"`
	KeepFiringFor  float64       `json:"keepFiringFor"`
	Labels         labels.Labels `json:"labels"`
	Annotations    labels.Labels `json:"annotations"`
	Alerts         []activeAlert `json:"alerts"`
	Health         string        `json:"health"`
	EvaluationTime float64       `json:"evaluationTime"`
	LastEvaluation time.Time     `json:"lastEvaluation"`
	Type           string        `json:"type"`
}

type ruleGroupOf struct {
	Name           string         `json:"name"`
	File           string         `json:"file"`
	Rules          []alertingRule `json:"rules"`
	Interval       float64        `json:"interval"` // seconds
	Limit          int            `json:"limit"`
	EvaluationTime float64        `json:"evaluationTime"`
	LastEvaluation time.Time      `json:"lastEvaluation"`
}

func (a *API) alerts(*http.Request) (answer, error) {
	list := []activeAlert{}
	firing := a.firing()
	for _, kind := range kinds {
		list = append(list, activeAlerts(firing, kind.name)...)
	}
	return answer{data: map[string][]activeAlert{"alerts": list}}, nil
}

// activeAlerts are the alerts of one name.
func activeAlerts(firing []Alert, name string) []activeAlert {
	list := []activeAlert{}
	for _, f := range firing {
		if f.Name != name {
			continue
		}
		b := labels.NewBuilder(labels.EmptyLabels())
		b.Set(labels.AlertName, f.Name)
		b.Set("sensor", f.Sensor) // what is empty is left out
		b.Set("sensor_name", f.SensorName)
		b.Set("friendly_name", f.FriendlyName)
		b.Set("pico", f.Pico)
		list = append(list, activeAlert{
			Labels: b.Labels(), Annotations: labels.FromStrings("summary", f.Summary),
			State: "firing", ActiveAt: f.Since.UTC(), Value: "1e+00",
		})
	}
	return list
}

// rules answers with a rule for each kind of warning, as if it were computed
// from the series of that warning. It has no other expression: it follows from
// what PromQL does not know.
func (a *API) rules(r *http.Request) (answer, error) {
	withAlerts, err := readRuleParams(r)
	if err != nil {
		return answer{}, err
	}
	sets, err := a.ruleSelectors(r.Form["match[]"])
	if err != nil {
		return answer{}, err
	}
	groups := []ruleGroupOf{}
	group := ruleGroupOf{Name: ruleGroup, File: ruleFile, Interval: 60, LastEvaluation: a.now().UTC()}
	if named(r, "rule_group[]", ruleGroup) && named(r, "file[]", ruleFile) && wanted(r) && matches(sets) {
		firing := a.firing()
		for _, kind := range kinds {
			if !named(r, "rule_name[]", kind.name) {
				continue
			}
			active := activeAlerts(firing, kind.name)
			rule := alertingRule{
				State: "inactive", Name: kind.name, Query: fmt.Sprintf("ALERTS{alertname=%q,alertstate=\"firing\"}", kind.name),
				Labels: labels.EmptyLabels(), Annotations: labels.FromStrings("summary", kind.summary),
				Health: "ok", LastEvaluation: group.LastEvaluation, Type: "alerting",
			}
			if len(active) > 0 {
				rule.State = "firing"
			}
			if withAlerts {
				rule.Alerts = active
			}
			group.Rules = append(group.Rules, rule)
		}
	}
	if len(group.Rules) > 0 {
		groups = append(groups, group)
	}
	return answer{data: map[string][]ruleGroupOf{"groups": groups}}, nil
}

// readRuleParams refuses what has no sense, in Prometheus's words, and reports
// whether the alerts are wanted besides the rules. There is one group only, so
// that there is nothing to page through.
func readRuleParams(r *http.Request) (withAlerts bool, err error) {
	if kind := strings.ToLower(r.FormValue("type")); kind != "" && kind != "alert" && kind != "record" {
		return false, badParam("type", fmt.Errorf("not supported value %q", kind))
	}
	withAlerts = true
	if text := r.FormValue("exclude_alerts"); text != "" {
		exclude, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return false, badParam("exclude_alerts", fmt.Errorf("error converting exclude_alerts: %w", err))
		}
		withAlerts = !exclude
	}
	limit, token := r.FormValue("group_limit"), r.FormValue("group_next_token")
	if limit != "" {
		n, err := strconv.ParseInt(limit, 10, 32)
		if err != nil {
			return false, badParam("group_limit", fmt.Errorf("group_limit needs to be a valid number: %w", err))
		}
		if n <= 0 {
			return false, badParam("group_limit", errors.New("group_limit needs to be greater than 0"))
		}
	}
	switch {
	case token != "" && limit == "":
		return false, badParam("group_next_token", errors.New("group_limit needs to be present in order to paginate over the groups"))
	case token != "":
		return false, badParam("group_next_token", fmt.Errorf("invalid group_next_token '%v'. were rule groups changed?", token))
	}
	return withAlerts, nil
}

// wanted reports whether alerting rules are asked for.
func wanted(r *http.Request) bool { return strings.ToLower(r.FormValue("type")) != "record" }

// named reports whether a list of names holds one, or is not given.
func named(r *http.Request, param, name string) bool {
	list := r.Form[param]
	return len(list) == 0 || slices.Contains(list, name)
}

// ruleSelectors are selectors of the rules' own labels.
func (a *API) ruleSelectors(texts []string) ([][]*labels.Matcher, error) {
	var s scan
	if err := s.readSelectors(texts); err != nil {
		return nil, badParam("match[]", err)
	}
	if s.size() > small {
		return nil, badParam("match[]", errors.New("too large for rules"))
	}
	sets, err := a.parseSelectors(texts)
	if err != nil {
		return nil, &Error{BadData, err}
	}
	return sets, nil
}

// matches reports whether the rules, which have no labels of their own, are
// among what is selected.
func matches(sets [][]*labels.Matcher) bool { return len(sets) == 0 }
