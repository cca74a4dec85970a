package engine

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testNames are some alerts of picotop's.
var testNames = AlertNames{
	Warnings: map[string]string{"Freezing": "Freezing", "Silent": "Silent", "PicotopFreezing": "Freezing", "PicotopPicoSilent": "Silent"},
	Prefix:   "Picotop",
}

// minutes are samples each minute in a stretch, told by minutes before the evening.
func minutes(from, to int) []string {
	var all []string
	for m := from; m >= to; m-- {
		all = append(all, sample(float64(m*60), "1"))
	}
	return all
}

func TestWarned(t *testing.T) {
	const firing = `"__name__":"ALERTS","alertstate":"firing",`
	const tank = `"sensor":"28ff01","sensor_name":"ColdTank","friendly_name":"Cold Tank"`
	for name, tt := range map[string]struct {
		series []string
		most   int
		want   []string
	}{
		"none": {},
		"what picotop sent": {
			series: []string{
				series(firing+`"alertname":"Freezing",`+tank, minutes(50, 32)...),
				series(firing+`"alertname":"Silent","pico":"shed"`, minutes(30, 20)...),
			},
			want: []string{"Silent shed 30 to 20", "Freezing 28ff01 ColdTank 50 to 32"},
		},
		"what the rules say": {
			series: []string{
				series(firing+`"alertname":"PicotopFreezing","condition":"freezing","pico":"loft","severity":"critical",`+tank, minutes(50, 32)...),
				series(firing+`"alertname":"PicotopPicoSilent","pico":"shed","address":"192.168.1.58"`, minutes(30, 20)...),
				series(firing+`"alertname":"PicotopDown","instance":"pi:8000"`, minutes(12, 7)...),
			},
			want: []string{"PicotopDown 12 to 7", "Silent shed 30 to 20", "Freezing 28ff01 ColdTank 50 to 32"},
		},
		"told by both it is one": {
			series: []string{
				series(firing+`"alertname":"PicotopFreezing","pico":"loft",`+tank, minutes(49, 30)...),
				series(firing+`"alertname":"Freezing",`+tank, minutes(50, 32)...),
			},
			want: []string{"Freezing 28ff01 ColdTank 50 to 30"},
		},
		"a gap ends it": {
			series: []string{series(firing+`"alertname":"Freezing",`+tank, append(minutes(50, 40), minutes(30, 20)...)...)},
			want:   []string{"Freezing 28ff01 ColdTank 30 to 20", "Freezing 28ff01 ColdTank 50 to 40"},
		},
		"a marker ends it": {
			series: []string{series(firing+`"alertname":"Freezing",`+tank, sample(180, "1"), sample(120, "NaN"))},
			want:   []string{"Freezing 28ff01 ColdTank 3 to 2"},
		},
		"it lasts":               {series: []string{series(firing+`"alertname":"Freezing",`+tank, minutes(10, 1)...)}, want: []string{"Freezing 28ff01 ColdTank 10 to 1, lasts"}},
		"it began before":        {series: []string{series(firing+`"alertname":"Freezing",`+tank, minutes(63, 40)...)}},
		"a sensor without codes": {series: []string{series(firing+`"alertname":"Freezing","sensor_name":"Loft"`, minutes(10, 9)...)}, want: []string{"Freezing Loft Loft 10 to 9"}},
		"text that steers a terminal": {
			series: []string{series(firing+`"alertname":"Picotop\u001b[2J","pico":"sh\u202eed"`, minutes(10, 9)...)},
			want:   []string{"Picotop[2J shed 10 to 9"},
		},
		"no more than are wanted": {
			series: []string{series(firing+`"alertname":"Freezing",`+tank, append(minutes(50, 40), minutes(30, 20)...)...)},
			most:   1, want: []string{"Freezing 28ff01 ColdTank 30 to 20"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, matrix(tt.series...))
			list, err := c.Warned(t.Context(), "", testNames, evening.Add(-time.Hour), evening, max(tt.most, 100*(1-tt.most)))
			var got []string
			for _, w := range list {
				who := strings.Join(strings.Fields(w.Name+" "+w.Sensor+" "+w.SensorName+" "+w.Pico), " ")
				lasts := ""
				if w.Lasts {
					lasts = ", lasts"
				}
				got = append(got, fmt.Sprintf("%s %v to %v%s", who, evening.Sub(w.From).Minutes(), evening.Sub(w.To).Minutes(), lasts))
			}
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestWarnedAsksOnce holds that one question is asked, and of which alerts.
func TestWarnedAsksOnce(t *testing.T) {
	var asked []string
	c := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r.Form.Get("query"))
		matrix()(w, r)
	}, func(cfg *Config) { cfg.Match = `{site="hill"}` })
	if _, err := c.Warned(t.Context(), "mum", testNames, evening.Add(-time.Hour), evening, 100); err != nil {
		t.Fatal(err)
	}
	want := []string{`ALERTS{site="hill",house="mum",alertstate="firing",alertname=~"Freezing|Picotop.+|Silent"}[3900000ms]`}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
