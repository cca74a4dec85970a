package picture

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestSVG(t *testing.T) {
	tests := map[string]struct {
		frame string
		want  []string
		never string
	}{
		"a word is as wide as its cells":     {"Loft", []string{`textLength="36"`, `>Loft</text>`}, ""},
		"two words with one blank are one":   {"Cold Tank", []string{`>Cold Tank</text>`}, ""},
		"a gap parts words":                  {"a  b", []string{`<text x="0"`, `<text x="27"`}, ""},
		"what XML reads as its own":          {"<&>", []string{`>&lt;&amp;&gt;</text>`}, "<&>"},
		"bold and red":                       {"\x1b[1;38;5;203mx\x1b[m", []string{`fill="#ff5f5f"`, `font-weight="700"`}, ""},
		"reversed it has a background":       {"\x1b[7mx\x1b[m", []string{`width="9" height="20" fill="#d8dbe2"`, `fill="#16181d"`}, ""},
		"faint":                              {"\x1b[2mx\x1b[m", []string{`opacity=".55"`}, ""},
		"blocks of one height are one shape": {"▄▄▄", []string{`M0 10h27v9h-27z`}, "▄"},
		"a rule is one shape":                {"───", []string{`M0 10h27v1h-27z`}, "─"},
		"braille is dots":                    {"⡀⠈", []string{`M2.25 17.5h0`, `M15.75 2.5h0`}, "⡀"},
		"a wide letter takes two cells":      {"庫x", []string{`>庫x</text>`}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			svg := string(Picture{Frame: tt.frame, Width: 10, Height: 1, Title: "t", About: "a <picture>"}.SVG())
			for _, want := range tt.want {
				if !strings.Contains(svg, want) {
					t.Errorf("it has no %s:\n%s", want, svg)
				}
			}
			if tt.never != "" && strings.Contains(svg, tt.never) {
				t.Errorf("it has %s:\n%s", tt.never, svg)
			}
			for d := xml.NewDecoder(strings.NewReader(svg)); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("it is no XML: %v\n%s", err, svg)
				}
			}
		})
	}
}
