package feed

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLocate(t *testing.T) {
	tests := map[string]struct {
		packet string
		want   Place
		text   string
	}{
		"nan":                {`{"sensor":"28ff02","temperature":nan}`, Place{33, "nan"}, "not JSON from byte 33: nan"},
		"NaN":                {`{"temperature":NaN,"offset":0}`, Place{15, "NaN"}, "not JSON from byte 15: NaN"},
		"minus nan":          {`{"temperature":-nan}`, Place{15, "-nan"}, "not JSON from byte 15: -nan"},
		"inf":                {`{"temperature": inf}`, Place{16, "inf"}, "not JSON from byte 16: inf"},
		"None":               {`{"temperature": None}`, Place{16, "None"}, "not JSON from byte 16: None"},
		"nan after a letter": {`{"temperature": nul1}`, Place{16, "nul1"}, "not JSON from byte 16: nul1"},
		"a decimal comma":    {`{"temperature":21,5}`, Place{18, "5"}, "not JSON from byte 18: 5"},
		"a hexadecimal":      {`{"temperature":0x15}`, Place{15, "0x15"}, "not JSON from byte 15: 0x15"},
		"single quotes":      {`{'sensor':'28ff02'}`, Place{1, `"'"`}, `not JSON from byte 1: "'"`},
		"a comma too many":   {`{"sensor":"28ff02",}`, Place{19, `"}"`}, `not JSON from byte 19: "}"`},
		"cut short":          {`{"type":"temp`, Place{13, "the end"}, "not JSON from byte 13: the end"},
		"cut by a NUL byte":  {"{\"type\":\"temp\x00\x00", Place{13, "a NUL byte"}, "not JSON from byte 13: a NUL byte"},
		"only NUL bytes":     {"\x00", Place{0, "a NUL byte"}, "not JSON from byte 0: a NUL byte"},
		"white space":        {"  ", Place{2, "the end"}, "not JSON from byte 2: the end"},
		"two objects":        {`{}{}`, Place{2, `"{"`}, `not JSON from byte 2: "{"`},
		"plain text":         {`temperature=4`, Place{0, "temperature"}, "not JSON from byte 0: temperature"},
		"an escape":          {"{\x1b[2J", Place{1, "0x1b"}, "not JSON from byte 1: 0x1b"},
		"a turned direction": {"{\u202e", Place{1, `"\u202e"`}, `not JSON from byte 1: "\u202e"`},
		"not UTF-8":          {"{\"name\":\"T\xfcr\"}", Place{10, "0xfc"}, "not text from byte 10: 0xfc"},
		"behind a byte order mark": {
			"\xef\xbb\xbf{nan}", Place{4, "nan"}, "not JSON from byte 4: nan",
		},
		"a long word":  {"{" + strings.Repeat("x", 100), Place{1, strings.Repeat("x", maxFound)}, "not JSON from byte 1: " + strings.Repeat("x", maxFound)},
		"an array":     {`[1]`, Place{}, "not a JSON object"},
		"a good one":   {short, Place{}, ""},
		"nothing":      {``, Place{}, "empty"},
		"far too long": {strings.Repeat("x", MaxDatagram+1), Place{}, "too long"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := Locate([]byte(tt.packet))
			if got != tt.want {
				t.Errorf("Locate(%q) = %+v, want %+v", tt.packet, got, tt.want)
			}
			_, why := Decode([]byte(tt.packet))
			if text := (Refusal{Reason: why, Place: got}).Text(); text != tt.text {
				t.Errorf("text %q, want %q", text, tt.text)
			}
		})
	}
}

// The law: what is refused as no text or no JSON has a place within it, where
// short clean text stands, and nothing else has one.
func FuzzLocate(f *testing.F) {
	f.Add([]byte(`{"temperature":nan}`))
	f.Add([]byte("{\"a\":1}\x00\xff"))
	f.Add([]byte("\xef\xbb\xbf{\xff"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		p := Locate(payload)
		_, why := Decode(payload)
		if (why == NotJSON || why == NotUTF8) != (p.Found != "") {
			t.Errorf("%q is refused as %q, and the place is %+v", payload, why, p)
		}
		if p.Offset < 0 || p.Offset > len(payload) || len(p.Found) > maxFound {
			t.Errorf("Locate(%q) = %+v", payload, p)
		}
		if !utf8.ValidString(p.Found) || strings.ContainsFunc(p.Found, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("Locate(%q) found %q, which is not clean", payload, p.Found)
		}
	})
}

func BenchmarkLocate(b *testing.B) {
	payload := []byte(`{"name": "ColdWaterTank", "temperature": nan, "sensor": "28ff001122334450", "offset": -0.25, "type": "temperature"}`)
	b.ReportAllocs()
	for b.Loop() {
		Locate(payload)
	}
}
