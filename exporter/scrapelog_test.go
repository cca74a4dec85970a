package exporter

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
)

func TestOnlyOurOwnFaultsAreLogged(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"the client hung up":       {fmt.Errorf("sending: %w", &net.OpError{Op: "write", Err: syscall.EPIPE}), ""},
		"a metric cannot be built": {errors.New("no such label"), "no such label"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			scrapeLog{slog.New(slog.NewTextHandler(&out, nil))}.Println("error gathering:", test.err)
			if got := out.String(); (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
				t.Errorf("logged %q, want %q", got, test.want)
			}
		})
	}
}
