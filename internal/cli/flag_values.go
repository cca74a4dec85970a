package cli

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// What the Picos send to, unless they were told otherwise.
var defaultGroup = netip.AddrFrom4([4]byte{239, 0, 0, 1})

func defaultPorts() []uint16 { return []uint16{11235, 9999} }

// oneFile wants exactly one file on the command line.
func oneFile(example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return &usageError{err: errors.New("name a file"), try: example}
		case len(args) > 1:
			return &usageError{err: errors.New("name one file, not several"), try: example}
		}
		return nil
	}
}

// durationValue is a length of time. 0 means that none was given.
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
