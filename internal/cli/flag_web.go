package cli

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/spf13/pflag"

	"picotop/exporter"
)

// otherNames understands flags by the names that they have in all of Prometheus's
// exporters.
func otherNames(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name {
	case "web.listen-address":
		name = "listen"
	case "log.level":
		name = "log-level"
	}
	return pflag.NormalizedName(name)
}

// listenValue is the address to serve HTTP on.
type listenValue string

func (l *listenValue) String() string { return string(*l) }
func (l *listenValue) Type() string   { return "address" }

func (l *listenValue) Set(s string) error {
	addr, err := exporter.ParseAddr(s)
	if err != nil {
		return err
	}
	*l = listenValue(addr)
	return nil
}

// pathValue is the path of the metrics.
type pathValue string

func (p *pathValue) String() string { return string(*p) }
func (p *pathValue) Type() string   { return "path" }

func (p *pathValue) Set(s string) error {
	path, err := exporter.ParseMetricsPath(s)
	if err != nil {
		return &badValue{err.Error(), "picotop --headless --web.telemetry-path /metrics"}
	}
	*p = pathValue(path)
	return nil
}

// originValue matches the origins of pages, such as https://example.org.
type originValue struct {
	*regexp.Regexp
	text string
}

func (o *originValue) Type() string   { return "regexp" }
func (o *originValue) String() string { return o.text }

func (o *originValue) Set(s string) error {
	re, err := exporter.ParseCORSOrigin(s)
	if err != nil || re == nil {
		return &badValue{"not a regular expression of origins", `picotop --headless --web.cors.origin 'https://grafana\.example\.org'`}
	}
	o.Regexp, o.text = re, s
	return nil
}

// modeValue is the mode of the socket, in octal.
type modeValue fs.FileMode

func (m *modeValue) Type() string { return "mode" }

func (m *modeValue) String() string {
	if *m == 0 {
		return ""
	}
	return fmt.Sprintf("%04o", uint32(*m))
}

func (m *modeValue) Set(s string) error {
	mode, err := strconv.ParseUint(s, 8, 32)
	if err != nil || mode&^0o777 != 0 || mode&0o200 == 0 {
		return &badValue{"not a mode such as 0660, with which the owner may write", "picotop --headless --socket-mode 0660"}
	}
	*m = modeValue(mode)
	return nil
}
