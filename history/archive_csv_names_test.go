package history

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestATableHasTheNamesAsTheyAreSent(t *testing.T) {
	tests := map[string]struct {
		name, friendly string // the labels
		sent           string
		want           string // in the table
	}{
		"words":                           {"coldwatertank", "coldwatertank", "cold water tank", "cold water tank"},
		"words with two spaces":           {"coldtank", "coldtank", "cold  tank", "cold  tank"},
		"words with capitals":             {"TVRoom", "T V Room", "TV Room", "TV Room"},
		"no words":                        {"ColdTank", "Cold Tank", "", "Cold Tank"},
		"no words, although that is said": {"ColdTank", "Cold Tank", "Cold Tank", "Cold Tank"},
		"another name since":              {"Loft", "Loft", "cold tank", "Loft"},
		"another case since":              {"ColdTank", "Cold Tank", "cold tank", "Cold Tank"},
		"a formula in words":              {"=1+1", "=1+1", "=1 + 1", "'=1 + 1"},
		"a dash before words":             {"-coldtank", "-coldtank", "- cold tank", "'- cold tank"},
		"an apostrophe before words":      {"'coldtank", "'coldtank", "'cold tank", "'cold tank"},
		"a label of another program":      {"coldtank", "Tank, cold", "cold tank", `"Tank, cold"`},
		"a label that looks sent":         {"coldtank", "cold tank", "", "'cold tank"},
		"one, and it is":                  {"coldtank", "cold tank", "cold tank", "'cold tank"},
		"one with an apostrophe":          {"coldtank", "'cold tank", "", "''cold tank"},
		"one that is a formula":           {"=1+1", "=1 + 1", "", "''=1 + 1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			s.Append(Sample{Sensor: "28ff01", SensorName: tt.name, FriendlyName: tt.friendly, At: noon.Add(-time.Minute), Celsius: 4.5})
			s.save()
			if err := s.SaveRoster(Roster{Names: map[string]string{"28ff01": tt.sent}}); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			table := export(t, dir, CSV, Selection{})
			want := "time,sensor,sensor_name,friendly_name,celsius\n" +
				"2026-01-15T11:59:00.000Z,28ff01," + escapeCell(tt.name) + "," + tt.want + ",4.5\n"
			if d := cmp.Diff(table, want); d != "" {
				t.Errorf("(-got +want):\n%s", d)
			}
			labels := export(t, dir, OpenMetrics, Selection{})
			again := t.TempDir()
			for _, into := range []string{again, dir, dir} {
				if _, err := Import(t.Context(), Config{Dir: into, Now: fixedNow}, strings.NewReader(table)); err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(export(t, into, OpenMetrics, Selection{}), labels); d != "" {
					t.Errorf("the series after the import (-got +want):\n%s", d)
				}
				if d := cmp.Diff(export(t, into, CSV, Selection{}), table); d != "" {
					t.Errorf("the table after the import (-got +want):\n%s", d)
				}
			}
		})
	}
}

func TestATableWithoutRosterHasTheLabels(t *testing.T) {
	for name, roster := range map[string]string{
		"none":           "",
		"damaged":        "{",
		"without names":  `{"sensors":{"28ff01":"192.168.1.20"},"picos":{}}`,
		"no name at all": `{"names":{"28ff01":7}}`,
		"an empty name":  `{"names":{"28ff01":""}}`,
		"not to be seen": `{"names":{"28ff01":"cold\u001btank"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			s.Append(Sample{Sensor: "28ff01", SensorName: "coldtank", FriendlyName: "coldtank", At: noon, Celsius: 4.5})
			s.save()
			if roster != "" {
				write(t, filepath.Join(dir, rosterName), roster)
			}
			if got, want := export(t, dir, CSV, Selection{}), ",28ff01,coldtank,coldtank,4.5\n"; !strings.HasSuffix(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestImportKeepsTheNamesThatAreKnown(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	loft := netip.MustParseAddr("192.168.1.20")
	if err := s.SaveRoster(Roster{Sensors: map[string]netip.Addr{"28ff01": loft}, Names: map[string]string{"28ff01": "cold tank"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const table = "time,sensor,sensor_name,friendly_name,celsius\n" +
		"2026-01-15T11:59:00.000Z,28ff01,coldtank,c old tank,4.5\n" +
		"2026-01-15T11:59:00.000Z,28ff02,hottap,hot tap,4.5\n"
	if _, err := Import(t.Context(), Config{Dir: dir, Now: fixedNow}, strings.NewReader(table)); err != nil {
		t.Fatal(err)
	}
	got := open(t, dir).LoadRoster()
	if d := cmp.Diff(got.Names, map[string]string{"28ff01": "cold tank", "28ff02": "hot tap"}); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
	if got.Sensors["28ff01"] != loft {
		t.Errorf("the roster is now %+v", got)
	}
}

func TestSensorsAreFoundByTheNameAsItIsSent(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Append(Sample{Sensor: "28ff01", SensorName: "coldtank", FriendlyName: "coldtank", At: noon, Celsius: 4.5})
	s.save()
	if err := s.SaveRoster(Roster{Names: map[string]string{"28ff01": "cold tank"}}); err != nil {
		t.Fatal(err)
	}
	v, err := OpenView(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for _, name := range []string{"cold tank", "Cold  Tank", "coldtank", "28ff01"} {
		if got, err := v.Sensor(t.Context(), name); got != "28ff01" || err != nil {
			t.Errorf("%q is %q, %v", name, got, err)
		}
	}
	info, err := v.Info(t.Context())
	if err != nil || len(info.Sensors) != 1 || !cmp.Equal(info.Sensors[0].Names, []string{"cold tank"}) {
		t.Errorf("info says %+v, %v", info.Sensors, err)
	}
}

func TestAForgottenSensorHasNoName(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Append(Sample{Sensor: "28ff01", SensorName: "coldtank", FriendlyName: "coldtank", At: noon, Celsius: 4.5})
	s.save()
	if err := s.SaveRoster(Roster{Names: map[string]string{"28ff01": "cold tank"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var told SensorInfo
	if err := ForgetSensor(t.Context(), Config{Dir: dir, Now: fixedNow}, "28ff01", func(i SensorInfo) error { told = i; return nil }); err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(told.Names, []string{"cold tank"}) {
		t.Errorf("to be deleted is %q", told.Names)
	}
	if text, err := os.ReadFile(filepath.Join(dir, rosterName)); err != nil || strings.Contains(string(text), "28ff01") {
		t.Errorf("the roster holds %s, %v", text, err)
	}
}

func FuzzFriendlyText(f *testing.F) {
	f.Add("coldtank", "coldtank", "cold tank")
	f.Add("'coldtank", "'cold tank", "''cold tank")
	f.Add("TVRoom", "T V Room", "TV Room")
	f.Fuzz(func(t *testing.T, name, friendly, sent string) {
		text := friendlyText(&series{sensorName: name, friendlyName: friendly}, sent)
		label, told := parseFriendlyText(text, name)
		if label != friendly {
			t.Errorf("label %q of %q, sent as %q, was written as %q, and read as %q", friendly, name, sent, text, label)
		}
		if told != "" && told != sent {
			t.Errorf("%q was read as %q", sent, told)
		}
	})
}
