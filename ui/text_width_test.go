package ui

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	tests := map[string]struct{ text, want, ascii string }{
		"plain":                {"Cold Water Tank", "Cold Water Tank", "Cold Water Tank"},
		"accents":              {"Küche", "Küche", "K?che"},
		"an escape sequence":   {"\x1b[31mRed", "[31mRed", "[31mRed"},
		"the C1 one":           {"\u009b2J", "2J", "2J"},
		"lines":                {"a\nb\tc", "a b c", "a b c"},
		"right to left":        {"\u202egnorts\u2066", "gnorts", "gnorts"},
		"nothing to see":       {"\u200b\u200d\ufeff\u00ad", "", ""},
		"a family":             {"👨‍👩‍👧", "👨👩👧", "???"},
		"not UTF-8":            {"a\xffb", "ab", "ab"},
		"widths disagree":      {"नमस्ते", "??????", "??????"},
		"a no-break space":     {"a\u00a0b", "a b", "a b"},
		"wide":                 {"冷蔵庫", "冷蔵庫", "???"},
		"combining characters": {"e\u0301", "e\u0301", "e?"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := clean(tt.text, false); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := clean(tt.text, true); got != tt.ascii {
				t.Errorf("in ASCII got %q, want %q", got, tt.ascii)
			}
		})
	}
}

func TestASCII(t *testing.T) {
	for name, f := range map[string]*fakeSource{"winter": winter(), "hostile": hostile(), "first run": firstRunHouse(unreadable)} {
		m := newTestModel(f, 80, 24, func(c *Config) { c.ASCII = true })
		for range 2 {
			for _, r := range m.View().Content + m.finalTable() {
				if r > '~' {
					t.Errorf("%s: %q in ASCII", name, r)
				}
			}
			m = newTestModel(f, 80, 24, func(c *Config) { c.ASCII = true })
			press(m, "?")
		}
	}
}

func TestCutNames(t *testing.T) {
	for name, tt := range map[string]struct {
		text  string
		width int
		names []string
		want  string
	}{
		"it fits":              {"Cold Water Tank fell below 3.0", 30, []string{"Cold Water Tank"}, "Cold Water Tank fell below 3.0"},
		"the name is cut":      {"Cold Water Tank fell below 3.0", 25, []string{"Cold Water Tank"}, "Cold Wate… fell below 3.0"},
		"a name in the middle": {"and Cold Water Tank fell", 19, []string{"Cold Water Tank"}, "and Cold Wate… fell"},
		"a wide name":          {"冷蔵冷蔵冷蔵 is silent", 18, []string{"冷蔵冷蔵冷蔵"}, "冷蔵冷… is silent"},
		"two names":            {"Cold Water Tank is now called Cold Tank", 33, []string{"Cold Water Tank", "Cold Tank"}, "Cold Wat… is now called Cold Tank"},
		"one is in the other":  {"Cold Tank 2 is now called Cold Tank", 29, []string{"Cold Tank 2", "Cold Tank"}, "Cold T… is now called Cold T…"},
		"the text is too long": {"Tank: " + strings.Repeat("word ", 9), 20, []string{"Tank"}, "Tank: " + strings.Repeat("word ", 9)},
		"both are too long":    {longName + strings.Repeat(" word", 9), 20, []string{longName}, "Cold Wate…" + strings.Repeat(" word", 9)},
		"nearly no room":       {"Cold Water Tank 2.9, limit 3.0", 18, []string{"Cold Water Tank"}, "Cold Wat… 2.9, limit 3.0"},
		"no name":              {"nothing heard", 5, []string{""}, "nothing heard"},
		"another name":         {"nothing heard", 5, []string{"Tank"}, "nothing heard"},
		"no room":              {"Tank is silent", 0, []string{"Tank"}, "… is silent"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cutNames(tt.text, tt.width, tt.names...); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
