package exporter

import (
	"fmt"
	"path"
	"strings"
)

// ParseMetricsPath understands where the metrics are to be, such as /metrics. It
// returns the form that [Config] takes, and a [*PathError] if something else is
// there or the path cannot be one.
func ParseMetricsPath(s string) (string, error) {
	canonical := strings.TrimSuffix(s, "/")
	bad := func(why string) (string, error) { return "", &PathError{Path: s, Why: why} }
	switch {
	case !strings.HasPrefix(s, "/"):
		return bad("it does not begin with /")
	case canonical == "" || canonical == "/":
		return bad("the page for people is there")
	case path.Clean(canonical) != canonical || strings.Trim(strings.ToLower(canonical), "abcdefghijklmnopqrstuvwxyz0123456789/-_.~") != "":
		return bad("a path has only letters, digits and /-_.~ in it")
	}
	for _, taken := range []string{"/api", "/-", "/federate", "/house", "/sensor"} {
		if canonical == taken || strings.HasPrefix(canonical, taken+"/") {
			return bad("something else is there")
		}
	}
	return canonical, nil
}

// A PathError says that the metrics cannot be served on a path.
type PathError struct {
	Path string // as it was given
	Why  string
}

func (e *PathError) Error() string {
	return fmt.Sprintf("cannot serve the metrics on %q: %s", e.Path, e.Why)
}
