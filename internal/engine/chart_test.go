package engine

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestMuchIsSummedUp has an engine that tells more at once than is taken in, of a
// week: the chart is made of its sums.
func TestMuchIsSummedUp(t *testing.T) {
	for name, tt := range map[string]struct {
		span  time.Duration
		fails bool
	}{
		"a week":               {span: 7 * day},
		"a day is not so much": {span: 12 * time.Hour, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				query := r.Form.Get("query")
				switch {
				case r.Form.Get("step") == "": // of readings
					matrix(strings.Repeat(series(`"a":"b"`, "")+",", MaxSeries)+series(`"a":"b"`, ""))(w, r)
				case strings.HasPrefix(query, "max(max_over_time(picotop_last") || strings.HasPrefix(query, "max(changes"):
					matrix()(w, r)
				default:
					matrix(series("", sample(0.001, "4")))(w, r)
				}
			})
			got, err := c.Range(t.Context(), Sensor{ID: "28ff01", Name: "Tank"}, evening.Add(-tt.span), evening, time.Hour)
			if (err != nil) != tt.fails {
				t.Fatal(err)
			}
			readings := 0
			for _, b := range got {
				readings += b.Count
			}
			if !tt.fails && readings == 0 {
				t.Error("the chart is empty")
			}
		})
	}
}

// TestReadingsThatTakeTooLong has no time for readings at all.
func TestReadingsThatTakeTooLong(t *testing.T) {
	c := newTestClient(t, matrix())
	c.rawTime = 0
	got, err := c.Range(t.Context(), Sensor{ID: "28ff01", Name: "Tank"}, evening.Add(-7*day), evening, time.Hour)
	if err != nil || len(got) != 7*24+1 {
		t.Errorf("%d buckets, %v", len(got), err)
	}
}
