package promapi

import (
	"regexp/syntax"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	tests := map[string]struct {
		text string
		want string // of the error; empty if there is none
	}{
		"nothing":                             {"", ""},
		"a dashboard's query":                 {`max by (sensor) (temperature{sensor_name=~"ColdTank|Loft"}) > 3`, ""},
		"no query at all":                     {`"{{{`, ""},
		"parentheses":                         {many("(", 128) + "1" + many(")", 128), ""},
		"more parentheses":                    {many("(", 129) + "1" + many(")", 129), "nested more than 128 deep"},
		"parentheses side by side":            {many("(1)+", 500) + "1", ""},
		"subqueries":                          {many("a[1m:1m] or ", 200) + "a", ""},
		"functions":                           {many("abs(", 129) + "a" + many(")", 129), "nested more than 128 deep"},
		"in a text there are none":            {`a{b="` + many("(", 500) + `"}`, ""},
		"operators":                           {many("1+", 1001) + "1", "more than 1000 operators"},
		"signs":                               {many("-", 1001) + "1", "more than 1000 operators"},
		"powers":                              {many("1^", 1001) + "1", "more than 1000 operators"},
		"too long":                            {many(" ", maxQuery+1), "longer than 16384 bytes"},
		"what all sensors make":               {`a{sensor=~"` + many("28ff641f7616035c|", 500) + `x"}`, ""},
		"a repetition":                        {`a{b=~".{0,1000}"}`, ""},
		"many repetitions":                    {`a{b=~"` + many(".{0,1000}", 1600) + `"}`, "regular expressions of more than 10000 steps"},
		"nested repetitions":                  {`a{b=~"((a{9}){9}){9}"}`, ""},
		"more nested repetitions":             {`a{b=~"(((a{10}){10}){10}b{1000}){10}"}`, ""}, // the parser refuses it
		"negated too":                         {`a{b!~"` + many(".{0,100}", 100) + `"}`, "regular expressions of more than 10000 steps"},
		"in quotes of the other kind":         {`a{b=~'` + many(".{0,100}", 100) + `'}`, "regular expressions of more than 10000 steps"},
		"in backquotes":                       {"a{b=~`" + many(".{0,100}", 100) + "`}", "regular expressions of more than 10000 steps"},
		"escaped":                             {`a{b=~"` + many(`\x2e{0,100}`, 100) + `"}`, "regular expressions of more than 10000 steps"},
		"shared among matchers":               {`a{b=~".{900}"` + many(`,b=~".{900}"`, 11) + `}`, "regular expressions of more than 10000 steps"},
		"shared among selectors":              {`a{b=~".{900}"}` + many(` or a{b=~".{900}"}`, 11), "regular expressions of more than 10000 steps"},
		"as many as that":                     {`a{b=~"c"` + many(`,b=~"c"`, 99) + `}`, ""},
		"more of them":                        {`a{b=~"c"` + many(`,b=~"c"`, 100) + `}`, "more than 100 regular expressions"},
		"classes":                             {`a{b=~"` + many(`[a-c]`, 32) + `"}`, ""},
		"names with hyphens are no ranges":    {`a{b=~"` + many(`Tank-1|`, 200) + `x"}`, ""},
		"ranges in one class":                 {`a{b=~"[` + many(`\\x{41}-\\x{1e942}`, 64) + `]"}`, "more than 64 classes"},
		"ranges after a named class":          {`a{b=~"[[:alpha:]` + many(`\\x{41}-\\x{1e942}`, 64) + `]"}`, "more than 64 classes"},
		"more classes":                        {`a{b=~"` + many(`[a-c]`, 33) + `"}`, "more than 64 classes"},
		"named classes":                       {`a{b=~"` + many(`\\pL`, 65) + `"}`, "more than 64 classes"},
		"names with brackets are no classes":  {`a{b=~"` + many(`Tank \\[1\\]|`, 200) + `x"}`, ""},
		"an equal value is no expression":     {`a{b="` + many(".{0,1000}", 100) + `"}`, ""},
		"a broken expression is the parser's": {`a{b=~"("}`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var s scan
			err := s.read(tt.text)
			if err == nil {
				err = s.regexps.measure()
			}
			if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	t.Run("selectors share the bounds", func(t *testing.T) {
		for want, texts := range map[string][]string{
			"longer than":                   {strings.Repeat(" ", maxQuery), " "},
			"more than 100 selectors":       make([]string, 101),
			"regular expressions of more":   {`{a=~".{900}"}`, `{a=~"(.{900}){6}b"}`, `{a=~".{900}` + strings.Repeat(".{900}", 10) + `"}`},
			"more than 64 classes":          {`{a=~"` + strings.Repeat("[ab]", 40) + `"}`, `{a=~"` + strings.Repeat("[ab]", 40) + `"}`},
			"nested more than 128 deep":     {strings.Repeat("(", 129)},
			"more than 1000 operators":      {strings.Repeat("-", 600), strings.Repeat("-", 600)},
			"more than 100 regular express": {strings.Repeat(`{a=~"b"}`, 60), strings.Repeat(`{a=~"b"}`, 60)},
		} {
			var s scan
			if err := s.readSelectors(texts); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	})
}

func TestSizes(t *testing.T) {
	tests := map[string]struct {
		text string
		want size
	}{
		"a number":                 {"1", light},
		"a check of a data source": {"1+1", light},
		"the time":                 {"vector(time())", light},
		"a metric":                 {"temperature", small},
		"a metric named in full":   {`{"temperature"}`, small},
		"an hourly one":            {"temperature:avg1h", small},
		"an expression to compile": {`label_replace(vector(1),"a","b","c","d")`, small},
		"a dashboard's selection":  {`temperature{sensor_name=~"ColdTank|Loft"}`, small},
		"many classes":             {`temperature{sensor_name=~"[a][b][c][d][e][f][g][h][i]"}`, big},
		"a long expression":        {`temperature{sensor_name=~".{999}.{999}.{999}"}`, big},
	}
	for name, tt := range tests {
		var s scan
		if err := s.read(tt.text); err != nil {
			t.Fatal(err)
		}
		got := s.size()
		if !s.heavy {
			got = light
		}
		if got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// FuzzCompiledSize holds that no regular expression which is let in is compiled
// to much more than it was taken for.
func FuzzCompiledSize(f *testing.F) {
	for _, re := range []string{
		"", "a", "28ff01|28ff02", ".*", "(a|b)+c?", "a{3}", "a{3,}", "a{0,1000}", "(a{10}){10}", "(?i)abc", `[^a]\pL\b^$`, "(?:)", "(){5}", "x*{2}", "((a?)*)+",
		"(|a){100}", "((((a{2}){3}){4}){5}){6}",
	} {
		f.Add(re)
	}
	f.Fuzz(func(t *testing.T, re string) {
		if len(re) > 1000 {
			return
		}
		var b regexpBudget
		if b.add(re) != nil || b.measure() != nil {
			return
		}
		parsed, err := syntax.Parse(re, syntax.Perl|syntax.DotNL)
		if err != nil {
			return
		}
		prog, err := syntax.Compile(parsed.Simplify())
		if err != nil {
			return
		}
		if n := len(prog.Inst); n > 3*b.size+10 {
			t.Errorf("%q is compiled to %d, was taken for %d", re, n, b.size)
		}
	})
}

// FuzzScan holds that any text can be looked at.
func FuzzScan(f *testing.F) {
	for _, text := range []string{`a{b=~"c"}`, "((", `"`, "`", "a[5m:", "# comment", "\xff", "{{{", `{"a"=~'\x`, "1^-+"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s scan
		if s.read(text) == nil && (s.operators > maxOperators || s.length > maxQuery || s.regexps.size > maxRegexpSize) {
			t.Errorf("%q: %+v", text, s)
		}
	})
}
