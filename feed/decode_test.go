package feed

import (
	"bytes"
	"math"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const short = `{"sensor":"28ff02","temperature":4}`

var shortPacket = Packet{Sensor: "28ff02", Name: "28ff02", Celsius: 4}

func TestDecode(t *testing.T) {
	tests := map[string]struct {
		packet string
		want   Packet
		why    Reason
	}{
		"as a Pico sends it": {
			packet: `{"name": "ColdWaterTank", "temperature": 3.8125, "sensor": "28ff001122334450", "offset": -0.25, "type": "temperature"}`,
			want:   Packet{Sensor: "28ff001122334450", Name: "ColdWaterTank", Celsius: 3.8125, Offset: -0.25},
		},
		"zero is a temperature": {
			packet: `{"type":"temperature","sensor":"28ff02","temperature":0}`,
			want:   Packet{Sensor: "28ff02", Name: "28ff02"},
		},
		"older firmware sends no type": {
			packet: `{"name":"Loft","sensor":"28ff02","temperature":-1.5}`,
			want:   Packet{Sensor: "28ff02", Name: "Loft", Celsius: -1.5},
		},
		"a packet without a ROM code is known by its name": {
			packet: `{"type":"temperature","name":"Loft","temperature":4}`,
			want:   Packet{Sensor: "Loft", Name: "Loft", Celsius: 4},
		},
		"null is absent": {
			packet: `{"type":null,"name":null,"sensor":"28ff02","temperature":4,"offset":null}`,
			want:   Packet{Sensor: "28ff02", Name: "28ff02", Celsius: 4},
		},
		"power-on value is a temperature": {
			packet: `{"type":"temperature","sensor":"28ff02","temperature":85.0}`,
			want:   Packet{Sensor: "28ff02", Name: "28ff02", Celsius: 85},
		},
		"the chip's range holds before calibration": {
			packet: `{"type":"temperature","sensor":"28ff02","temperature":126.5,"offset":1.5}`,
			want:   Packet{Sensor: "28ff02", Name: "28ff02", Celsius: 126.5, Offset: 1.5},
		},
		"32 bit rounding at the end of the range": {
			packet: `{"type":"temperature","sensor":"28ff02","temperature":125.20001,"offset":0.2}`,
			want:   Packet{Sensor: "28ff02", Name: "28ff02", Celsius: 125.20001, Offset: 0.2},
		},
		"status packet": {
			packet: `{"name": "LoftPico", "status": "API 200 OK", "type": "status"}`,
			want:   Packet{Kind: Status, Name: "LoftPico", Text: "API 200 OK"},
		},
		"status packet with an odd temperature": {
			packet: `{"type":"status","name":"LoftPico","status":"API Exception","temperature":"?"}`,
			want:   Packet{Kind: Status, Name: "LoftPico", Text: "API Exception"},
		},
		"unknown type is no error": {
			packet: `{"type":"humidity","sensor":"28ff02","humidity":50}`,
			want:   Packet{Kind: Other, Text: "humidity"},
		},
		"escape sequences are taken out of names": {
			packet: `{"type":"temperature","name":"\u001b[2JTank\u0007","sensor":"28ff\u000002","temperature":4}`,
			want:   Packet{Sensor: "28ff02", Name: "[2JTank", Celsius: 4},
		},
		"white space of any kind is a space": {
			packet: `{"type":"temperature","name":"\tCold\nWater\u00a0Tank \r","sensor":"28ff02","temperature":4}`,
			want:   Packet{Sensor: "28ff02", Name: "Cold Water Tank", Celsius: 4},
		},
		"no turning of the writing direction": {
			packet: `{"type":"temperature","name":"Tank\u202egnp","sensor":"28ff02","temperature":4}`,
			want:   Packet{Sensor: "28ff02", Name: "Tankgnp", Celsius: 4},
		},
		"long names are cut": {
			packet: `{"type":"temperature","name":"` + strings.Repeat("ä", 100) + `","sensor":"28ff02","temperature":4}`,
			want:   Packet{Sensor: "28ff02", Name: strings.Repeat("ä", 64), Celsius: 4},
		},
		"long statuses are cut": {
			packet: `{"type":"status","name":"Shed","status":"` + strings.Repeat("x", 1000) + `"}`,
			want:   Packet{Kind: Status, Name: "Shed", Text: strings.Repeat("x", 256)},
		},
		"a lone surrogate is replaced": {
			packet: `{"type":"temperature","name":"a\ud800b","sensor":"28ff02","temperature":4}`,
			want:   Packet{Sensor: "28ff02", Name: "a\ufffdb", Celsius: 4},
		},

		"a ROM code in capitals": {
			packet: `{"type":"temperature","name":"Tank","sensor":"28FF641E8FDF18C1","temperature":4}`,
			want:   Packet{Sensor: "28ff641e8fdf18c1", Name: "Tank", Celsius: 4},
		},
		"a ROM code as Linux writes it": {
			packet: `{"type":"temperature","name":"Tank","sensor":"28-ff641e8fdf18c1","temperature":4}`,
			want:   Packet{Sensor: "28ff641e8fdf18c1", Name: "Tank", Celsius: 4},
		},
		"a ROM code byte by byte is the name too where there is none": {
			packet: `{"type":"temperature","sensor":"28:FF:64:1E:8F:DF:18:C1","temperature":4}`,
			want:   Packet{Sensor: "28ff641e8fdf18c1", Name: "28ff641e8fdf18c1", Celsius: 4},
		},
		"a name as words": {
			packet: `{"type":"temperature","name":"cold water tank","sensor":"28ff02","temperature":4}`,
			want:   Packet{Sensor: "28ff02", Name: "cold water tank", Celsius: 4},
		},
		"a NUL byte behind it":   {packet: short + "\x00", want: shortPacket},
		"NUL bytes behind it":    {packet: short + strings.Repeat("\x00", 64), want: shortPacket},
		"a line break, then NUL": {packet: short + "\r\n\x00\x00", want: shortPacket},
		"what a longer text left behind a NUL byte": {
			packet: short + "\x00\"offset\": 0.25, \xff}", want: shortPacket,
		},
		"a byte order mark before it": {packet: "\xef\xbb\xbf" + short, want: shortPacket},

		"nothing":                  {packet: ``, why: Empty},
		"only NUL bytes":           {packet: "\x00\x00", why: NotJSON},
		"a NUL byte in a name":     {packet: "{\"name\":\"a\x00b\"}", why: NotJSON},
		"white space":              {packet: ` `, why: NotJSON},
		"cut short":                {packet: `{"type":"temp`, why: NotJSON},
		"nan is not JSON":          {packet: `{"type":"temperature","sensor":"28ff02","temperature":nan}`, why: NotJSON},
		"two objects":              {packet: `{}{}`, why: NotJSON},
		"not UTF-8":                {packet: "{\"name\":\"\xff\"}", why: NotUTF8},
		"too long":                 {packet: `{"name":"` + strings.Repeat("x", MaxDatagram) + `"}`, why: Oversize},
		"an array":                 {packet: `[1,2]`, why: NotAnObject},
		"null alone":               {packet: `null`, why: NotAnObject},
		"a number alone":           {packet: `4`, why: NotAnObject},
		"type is a number":         {packet: `{"type":1,"sensor":"28ff02","temperature":4}`, why: BadType},
		"an empty object":          {packet: `{}`, why: BadCelsius},
		"absent is not zero":       {packet: `{"type":"temperature","sensor":"28ff02"}`, why: BadCelsius},
		"a number as text":         {packet: `{"type":"temperature","sensor":"28ff02","temperature":"4"}`, why: BadCelsius},
		"a number in an array":     {packet: `{"type":"temperature","sensor":"28ff02","temperature":[4]}`, why: BadCelsius},
		"beyond any float":         {packet: `{"type":"temperature","sensor":"28ff02","temperature":1e999}`, why: BadCelsius},
		"hotter than the chip":     {packet: `{"type":"temperature","sensor":"28ff02","temperature":125.1}`, want: Packet{Kind: Impossible, Sensor: "28ff02", Name: "28ff02", Celsius: 125.1}, why: OutOfRange},
		"a disconnected sensor":    {packet: `{"type":"temperature","sensor":"28ff02","temperature":-127}`, want: Packet{Kind: Impossible, Sensor: "28ff02", Name: "28ff02", Celsius: -127}, why: OutOfRange},
		"offset as text":           {packet: `{"type":"temperature","sensor":"28ff02","temperature":4,"offset":"1"}`, why: BadOffset},
		"offset beyond reason":     {packet: `{"type":"temperature","sensor":"28ff02","temperature":1e300,"offset":1e300}`, why: BadOffset},
		"neither code nor name":    {packet: `{"type":"temperature","temperature":4}`, why: NoSensor},
		"a name of control codes":  {packet: `{"type":"temperature","name":"\u001b\u0007","temperature":4}`, why: NoSensor},
		"name is an object":        {packet: `{"type":"temperature","name":{},"sensor":"28ff02","temperature":4}`, why: BadText},
		"status is a number":       {packet: `{"type":"status","name":"Shed","status":200}`, why: BadText},
		"sensor is true":           {packet: `{"type":"temperature","sensor":true,"temperature":4}`, why: BadText},
		"deeper than it is useful": {packet: strings.Repeat("[", 1000), why: NotJSON},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, why := Decode([]byte(tt.packet))
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b Packet) bool { return a == b })); diff != "" || why != tt.why {
				t.Errorf("Decode(%s)\n got %+v, %q\nwant %+v, %q", tt.packet, got, why, tt.want, tt.why)
			}
		})
	}
}

func TestDecodeRealPackets(t *testing.T) {
	kinds := map[Kind]int{}
	for _, line := range realPackets(t) {
		p, why := Decode(line)
		if why != "" && why != NotJSON {
			t.Errorf("Decode(%s) refuses: %s", line, why)
		}
		if why == NotJSON && !bytes.Contains(line, []byte("nan")) {
			t.Errorf("Decode(%s) refuses: %s", line, why)
		}
		if why == "" {
			kinds[p.Kind]++
		}
	}
	if kinds[Temperature] == 0 || kinds[Status] == 0 || kinds[Other] != 0 {
		t.Errorf("kinds heard: %v", kinds)
	}
}

func realPackets(tb testing.TB) [][]byte {
	tb.Helper()
	b, err := os.ReadFile("testdata/pico.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(b), []byte("\n"))
}

// The law: a datagram yields a complete, finite and clean Packet, or a reason
// and nothing else; and decoding is a function of the payload alone.
func FuzzDecode(f *testing.F) {
	for _, line := range realPackets(f)[:8] {
		f.Add(line)
	}
	f.Add([]byte(`{"name":"\u001b[2J\u202e\ud800","temperature":-0.0,"offset":1e-9}`))
	f.Add([]byte(`{"TYPE":"status","Name":"x","name":"y"}`))
	f.Add([]byte(`{"type":"temperature","temperature":NaN}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		p, why := Decode(payload)
		if again, whyAgain := Decode(payload); again != p || whyAgain != why {
			t.Fatalf("Decode(%q) differs from one call to the next", payload)
		}
		if why != "" {
			if p != (Packet{}) {
				t.Errorf("Decode(%q) refuses (%s) and yet returns %+v", payload, why, p)
			}
			return
		}
		for what, s := range map[string]string{"sensor": p.Sensor, "name": p.Name, "text": p.Text} {
			limit := MaxNameRunes
			if what == "text" {
				limit = MaxStatusRunes
			}
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > limit {
				t.Errorf("Decode(%q): %s %q is not valid or too long", payload, what, s)
			}
			if strings.TrimSpace(s) != s || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("Decode(%q): %s %q is not clean", payload, what, s)
			}
		}
		if p.Kind != Temperature {
			return
		}
		if chip := p.Celsius - p.Offset; p.Sensor == "" || p.Name == "" || math.IsNaN(chip) || chip < -56 || chip > 126 {
			t.Errorf("Decode(%q) = %+v is not a complete reading", payload, p)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	lines := realPackets(b)[:4]
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Decode(lines[i%len(lines)])
	}
}
