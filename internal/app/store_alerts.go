package app

import (
	"cmp"
	"context"
	"time"

	"picotop/exporter"
	"picotop/feed"
	"picotop/history"
	"picotop/house"
)

// maxLabel bounds what is shown of a label, in runes.
const maxLabel = feed.MaxStatusRunes

// storeAlerts tells history what is wrong now.
func (i *instance) storeAlerts(st house.State) {
	if i.store == nil {
		return
	}
	i.store.Warn(st.At, warningsOf(st))
	i.store.Silent(st.At, silencesOf(st))
}

// silencesOf are the sensors that are silent for certain, each when it was heard last.
func silencesOf(st house.State) []history.Sample {
	var list []history.Sample
	for _, s := range st.Sensors {
		if s.Silent && !s.Unsure && s.Valid {
			list = append(list, history.Sample{Sensor: s.ID, SensorName: s.SensorName, FriendlyName: s.FriendlyName, At: s.Heard})
		}
	}
	return list
}

// Past is what was wrong, as history tells: what began in [from, to], newest first, and
// at most [house.MaxPast] of it. Without a history it is nothing.
func (i *instance) Past(ctx context.Context, from, to time.Time) ([]house.PastCondition, error) {
	if i.store == nil {
		return nil, nil
	}
	list, err := i.store.Warned(ctx, from, to, house.MaxPast)
	if err != nil {
		return nil, err
	}
	return pastConditions(list, i.State()), nil
}

// pastConditions are warnings as the house tells them, with what its sensors are called now.
func pastConditions(list []history.PastWarning, now house.State) []house.PastCondition {
	labels := map[string]string{} // by ID
	for _, s := range now.Sensors {
		labels[s.ID] = s.Label()
	}
	past := make([]house.PastCondition, 0, len(list))
	for _, w := range list {
		past = append(past, pastCondition(w, labels))
	}
	return past
}

// pastCondition is a warning as the house tells it. What the history says is cleaned, for
// it may have been taken in from elsewhere.
func pastCondition(w history.PastWarning, labels map[string]string) house.PastCondition {
	c := house.PastCondition{Kind: house.Kind(feed.Clean(w.Name, maxLabel)), From: w.From, To: w.To, Lasts: w.Lasts}
	for _, k := range house.Kinds() {
		if exporter.AlertName(k) == w.Name {
			c.Kind = k
		}
	}
	switch {
	case w.Pico != "":
		c.Pico, c.Label = true, feed.Clean(w.Pico, maxLabel)
	case w.Sensor != "":
		c.Sensor = feed.Clean(w.Sensor, maxLabel)
		c.Label = feed.Clean(cmp.Or(labels[c.Sensor], w.FriendlyName, w.SensorName, w.Sensor), maxLabel)
	}
	return c
}

// warningsOf puts the conditions as history keeps them.
func warningsOf(st house.State) []history.Warning {
	var list []history.Warning
	for _, c := range st.Conditions {
		w := history.Warning{Name: exporter.AlertName(c.Kind)}
		switch {
		case c.Pico >= 0:
			w.Pico = st.Picos[c.Pico].Label()
		case c.Sensor >= 0:
			s := st.Sensors[c.Sensor]
			w.Sensor, w.SensorName, w.FriendlyName = s.ID, s.SensorName, s.FriendlyName
		}
		list = append(list, w)
	}
	return list
}
