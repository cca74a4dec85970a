package app

import (
	"context"
	"errors"
	"time"

	"picotop/exporter"
	"picotop/house"
	"picotop/internal/engine"
)

// packagedPrefix is what the names of the packaged alerts begin with.
const packagedPrefix = "Picotop"

// alertNames are the names under which an engine has what picotop warns of: those that
// remote write sends, and those of the packaged rules.
func alertNames() engine.AlertNames {
	names := map[string]string{}
	for _, k := range house.Kinds() {
		name := exporter.AlertName(k)
		names[name], names[packagedPrefix+name] = name, name
	}
	for packaged, kind := range map[string]house.Kind{
		"NearFreezing": house.Near,
		"PicoSilent":   house.Silent,
		"SensorSilent": house.Silent,
		"SensorBroken": house.Broken,
		"UploadFails":  house.Upload,
	} {
		names[packagedPrefix+packaged] = exporter.AlertName(kind)
	}
	return engine.AlertNames{Warnings: names, Prefix: packagedPrefix}
}

// Past implements [ui.Source], by the alerts that an engine keeps of the house.
func (v *engineView) Past(ctx context.Context, from, to time.Time) ([]house.PastCondition, error) {
	e, _, _ := v.current()
	if e == nil {
		return nil, errors.New("there is no house at the moment")
	}
	from = later(from, to.Add(-enginePast))
	list, err := e.client.Warned(ctx, e.name, alertNames(), from, to, house.MaxPast)
	if err != nil {
		return nil, err
	}
	return pastConditions(list, e.state()), nil
}

// enginePast is how far back an engine is asked for alerts.
const enginePast = engineYears * 365 * 24 * time.Hour
