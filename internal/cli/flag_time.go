package cli

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// durationValue is a length of time, written as in Go. 0 means that none was
// given.
type durationValue time.Duration

func (d *durationValue) String() string {
	if *d == 0 {
		return ""
	}
	s := time.Duration(*d).String()
	for _, none := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, none) {
			s = s[:len(s)-2]
		}
	}
	return s
}

func (d *durationValue) Type() string { return "time" }

func (d *durationValue) Set(s string) error {
	v, err := time.ParseDuration(s)
	if err != nil || v <= 0 {
		return &badValue{"a time is a number and a unit, such as 90s, 10m or 2h", "write it as 10m"}
	}
	*d = durationValue(v)
	return nil
}

// sinceValue is how far back to go, written as in Prometheus. 0 means all the
// way.
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
		return &badValue{why: "a duration is a number and a unit, such as 12h, 30d or 1y"}
	}
	*v = sinceValue(d)
	return nil
}

// from is the moment that lies as far back; the zero value if none was given.
func (v *sinceValue) from(now time.Time) time.Time {
	if *v == 0 {
		return time.Time{}
	}
	return now.Add(-time.Duration(*v))
}

// retentionValue is how long samples are kept, written as in Prometheus.
type retentionValue time.Duration

func (r *retentionValue) String() string { return model.Duration(*r).String() }
func (r *retentionValue) Type() string   { return "duration" }

func (r *retentionValue) Set(s string) error {
	d, err := model.ParseDuration(s)
	if err != nil {
		return &badValue{"a duration is a number and a unit, such as 5y, 26w or 90d", "picotop --retention 5y"}
	}
	if time.Duration(d) < 24*time.Hour {
		return &badValue{"less than a day is too little for the dashboard; the shortest is 1d", "picotop --retention 1d"}
	}
	*r = retentionValue(d)
	return nil
}
