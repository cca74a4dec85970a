package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picotop/ui"
)

func TestExportChart(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC)
	table := ui.Export{Name: "Cold Water Tank 24h", Rows: [][]string{{"from", "low"}, {"2026", "1,5"}}}
	for _, want := range []string{"picotop-Cold-Water-Tank-24h-2026-01-05-2147.csv", "picotop-Cold-Water-Tank-24h-2026-01-05-2147-2.csv"} {
		got, err := exportChart(dir, now, table)
		if err != nil || got != filepath.Join(dir, want) {
			t.Fatalf("%q, %v; want %q", got, err, want)
		}
		text, err := os.ReadFile(got)
		if err != nil || string(text) != "from,low\n2026,\"1,5\"\n" {
			t.Errorf("%q, %v", text, err)
		}
		table.Rows = table.Rows[:2]
	}
	for range maxExports - 2 {
		if _, err := exportChart(dir, now, table); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exportChart(dir, now, table); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("one too many: %v", err)
	}
	if _, err := exportChart(filepath.Join(dir, "missing"), now, table); err == nil {
		t.Error("written where there is no directory")
	}
}

func TestFileName(t *testing.T) {
	for text, want := range map[string]string{
		"Cold Water Tank 24h": "Cold-Water-Tank-24h", "../../etc/passwd": "etc-passwd", "": "sensor", "/": "sensor", "-rf *": "rf",
		"水箱 1h": "水箱-1h", strings.Repeat("水", 100): strings.Repeat("水", 64),
	} {
		if got := fileName(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
