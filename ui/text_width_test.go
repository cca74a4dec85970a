package ui

import (
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
