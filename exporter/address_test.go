package exporter

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

func TestParseAddr(t *testing.T) {
	tests := map[string]struct {
		in   string
		want string // empty if it is refused
	}{
		"only a port":                 {"8000", ":8000"},
		"a colon and a port":          {":8000", ":8000"},
		"any free port":               {"0", ":0"},
		"the last port":               {"65535", ":65535"},
		"zeros in front":              {"08000", ":8000"},
		"an IPv4 address":             {"127.0.0.1:8000", "127.0.0.1:8000"},
		"an IPv6 address":             {"[::1]:8000", "[::1]:8000"},
		"an IPv6 address with a zone": {"[fe80::1%eth0]:8000", "[fe80::1%eth0]:8000"},
		"a name":                      {"localhost:8000", "localhost:8000"},
		"a name with dots":            {"raspberry-pi.local.:8000", "raspberry-pi.local.:8000"},

		"nothing":                     {"", ""},
		"only a colon":                {":", ""},
		"a port too high":             {"65536", ""},
		"a port far too high":         {"127.0.0.1:99999999999999999999", ""},
		"a negative port":             {":-1", ""},
		"a signed port":               {"+80", ""},
		"a port by name":              {"localhost:http", ""},
		"a name without a port":       {"localhost", ""},
		"an address without a port":   {"127.0.0.1", ""},
		"an address and half a port":  {"127.0.0.1:", ""},
		"IPv6 without a port":         {"[::1]", ""},
		"IPv6 without brackets":       {"::1:8000", ""},
		"too many numbers":            {"1.2.3.4.5:8000", ""},
		"a number too high":           {"256.0.0.1:8000", ""},
		"an URL":                      {"http://localhost:8000", ""},
		"a space":                     {"local host:8000", ""},
		"a star":                      {"*:8000", ""},
		"two dots":                    {"pi..local:8000", ""},
		"a port in other digits":      {"٨٠٠٠", ""},
		"a newline, as from a script": {"8000\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseAddr(tt.in)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Fatalf("ParseAddr(%q) = %q, %v; want %q", tt.in, got, err, tt.want)
			}
			if err != nil {
				oneLine(t, err)
			}
		})
	}
}

func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{"8000", ":8000", "[::1]:8000", "[fe80::1%eth0]:0", "localhost:8000", "pi.local.:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, err := ParseAddr(s)
		if err != nil {
			oneLine(t, err)
			return
		}
		if twice, err := ParseAddr(once); err != nil || twice != once {
			t.Errorf("ParseAddr(%q) = %q, but ParseAddr of that = %q, %v", s, once, twice, err)
		}
	})
}

func TestListenOnATakenPort(t *testing.T) {
	first, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	_, err = Listen(first.Addr().String())
	if _, ok := errors.AsType[*ListenError](err); !ok {
		t.Fatalf("Listen = %v, want a ListenError", err)
	}
	oneLine(t, err)
	want := "cannot serve on " + first.Addr().String() + ": address already in use"
	if runtime.GOOS == "linux" {
		want = fmt.Sprintf("cannot serve on %s: it is held by exporter.test (pid %d)", first.Addr(), os.Getpid())
	}
	if err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
}

func TestListenOnGarbage(t *testing.T) {
	_, err := Listen("garbage")
	if _, ok := errors.AsType[*AddrError](err); !ok {
		t.Errorf("Listen = %v, want an AddrError", err)
	}
}

// oneLine checks what every error owes the user.
func oneLine(t *testing.T, err error) {
	t.Helper()
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q is more than one line", err)
	}
}
