package history

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var compareAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func TestRosterOutlivesTheProgram(t *testing.T) {
	dir := t.TempDir()
	loft := netip.MustParseAddr("192.168.1.20")
	want := Roster{
		Sensors: map[string]netip.Addr{"28ff01": loft},
		Picos:   map[netip.Addr]string{loft: "LoftPico"},
		Heard:   map[string]int64{"28ff01": 1800},
		Names:   map[string]string{"28ff01": "cold water tank"},
	}
	s := open(t, dir)
	if err := s.SaveRoster(Roster{}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveRoster(want); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile(filepath.Join(dir, rosterName))
	if err != nil {
		t.Fatal(err)
	}
	const form = "{\n\t\"sensors\": {\n\t\t\"28ff01\": \"192.168.1.20\"\n\t},\n\t\"picos\": {\n\t\t\"192.168.1.20\": \"LoftPico\"\n\t},\n\t\"heard_seconds\": {\n\t\t\"28ff01\": 1800\n\t},\n\t\"names\": {\n\t\t\"28ff01\": \"cold water tank\"\n\t}\n}\n"
	if string(text) != form {
		t.Errorf("file holds\n%s", text)
	}
	s = open(t, dir)
	if d := cmp.Diff(s.LoadRoster(), want, compareAddr); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}

	// Saving the same again must not wear the card.
	if err := os.Remove(filepath.Join(dir, rosterName)); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveRoster(want); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, rosterName)); err == nil {
		t.Error("an unchanged roster was written")
	}
}

func TestRosterMissingOrDamagedIsEmpty(t *testing.T) {
	tests := map[string]struct {
		file string // empty means that there is none
		log  string
	}{
		"missing":     {log: "level=INFO"},
		"cut short":   {file: `{"sensors":{"28ff01":"192.16`, log: "level=WARN"},
		"no address":  {file: `{"sensors":{"28ff01":"the loft"}}`, log: "level=WARN"},
		"not JSON":    {file: "\x00\x00", log: "level=WARN"},
		"other JSON":  {file: "[1]", log: "level=WARN"},
		"much":        {file: `{"sensors":{}}` + strings.Repeat(" ", maxSmallFile), log: "level=WARN"},
		"nothing":     {file: "{}"},
		"null":        {file: `{"sensors":null,"picos":null}`},
		"other words": {file: `{"rooms":3}`},
		"odd names":   {file: `{"names":{"28ff01":"a\u001b b","28ff02":"` + strings.Repeat("a ", 200) + `","28ff03":"Loft"}}`},
		"no names":    {file: `{"names":["cold tank"]}`, log: "level=WARN"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			s, err := Open(Config{Dir: t.TempDir(), Now: fixedNow, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if tt.file != "" {
				write(t, filepath.Join(s.dir, rosterName), tt.file)
			}
			log.Reset()
			got := s.LoadRoster()
			if got.Sensors == nil || got.Picos == nil || got.Heard == nil || got.Names == nil ||
				len(got.Sensors)+len(got.Picos)+len(got.Heard)+len(got.Names) > 0 {
				t.Errorf("got %#v", got)
			}
			if lines := strings.Count(log.String(), "\n"); !strings.Contains(log.String(), tt.log) || lines > 1 || tt.log == "" && lines > 0 {
				t.Errorf("log says %q, want one line of %q", log.String(), tt.log)
			}
			if err := s.SaveRoster(got); err != nil {
				t.Errorf("saving after that: %v", err)
			}
		})
	}
}

func TestRosterTooLongIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	r := s.LoadRoster()
	r.Picos[netip.MustParseAddr("192.168.1.20")] = strings.Repeat("x", maxSmallFile)
	if err := s.SaveRoster(r); err == nil {
		t.Error("saved a roster that cannot be loaded")
	}
}
