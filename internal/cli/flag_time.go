package cli

import (
	"errors"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"picotop/history"
)

// sinceValue is how far back to go.
type sinceValue time.Duration

func (v *sinceValue) String() string {
	if *v == 0 {
		return ""
	}
	return model.Duration(*v).String()
}

func (v *sinceValue) Type() string { return "duration" }

func (v *sinceValue) Set(s string) error {
	d, err := model.ParseDuration(s)
	if err != nil || d <= 0 {
		return errors.New("a duration is a number and a unit, such as 12h, 30d or 1y")
	}
	*v = sinceValue(d)
	return nil
}

// formatValue is a format of history.Export.
type formatValue history.Format

func (v *formatValue) String() string { return string(*v) }

func (v *formatValue) Type() string { return "format" }

func (v *formatValue) Set(s string) error {
	for _, f := range history.Formats() {
		if string(f) == strings.ToLower(s) {
			*v = formatValue(f)
			return nil
		}
	}
	return errors.New("the formats are csv and openmetrics")
}
