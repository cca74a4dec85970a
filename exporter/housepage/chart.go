package housepage

import (
	"fmt"
	"math"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// A span is how far back a chart reaches, and how it is drawn.
type span struct {
	text          string
	length, step  time.Duration
	width, height float64
	labels        bool // degrees and days are written in it
}

var (
	day      = &span{text: "last 24 hours", length: 24 * time.Hour, step: 15 * time.Minute, width: 288, height: 48}
	dayLarge = &span{text: "last 24 hours", length: 24 * time.Hour, step: 10 * time.Minute, width: 360, height: 150, labels: true}
	week     = &span{text: "last 7 days", length: 7 * 24 * time.Hour, step: time.Hour, width: 360, height: 150, labels: true}
)

const (
	minSpan     = 2.0 // kelvin of a scale at the least: a tank that moves by a sixteenth is flat
	limitWithin = 3.0 // kelvin: a limit that is further away is not drawn
	chartEdge   = 3.0 // free above and below
	labelSpace  = 18.0
)

// A chart is one drawing, in the units of its view box. Its paths are made of numbers
// alone. The zero value is none.
type chart struct {
	Width, Height float64
	Alt           string
	Line          string // the means
	Band          string // between the lowest and the highest
	Limit         string // where it warns; empty if that is far
	Marks         []mark
	Grid          string
	Stretch       bool // it is drawn as wide as there is room

	buckets []Bucket
}

// A mark is a text in a chart.
type mark struct {
	X, Y   float64
	Text   string
	Anchor string
}

// A scale puts times and degrees into a chart.
type scale struct {
	from        time.Time
	perSecond   float64
	low, per    float64 // the lowest value, and units for each kelvin
	top, bottom float64 // of the drawing
}

func (s scale) x(t time.Time) float64     { return t.Sub(s.from).Seconds() * s.perSecond }
func (s scale) y(celsius float64) float64 { return s.bottom - (celsius-s.low)*s.per }

// drawChart draws what a sensor measured.
func drawChart(s house.Sensor, span *span, buckets []Bucket, now time.Time) chart {
	c := chart{Width: span.width, Height: span.height, Stretch: !span.labels, buckets: buckets}
	low, high, some := extremes(buckets)
	c.Alt = altText(s, span, low, high, some)
	if !some {
		return c
	}
	top, bottom := high, low
	limit := s.HasLimit && math.Abs(s.Limit-low) <= limitWithin
	if limit {
		top, bottom = max(top, s.Limit), min(bottom, s.Limit)
	}
	if missing := minSpan - (top - bottom); missing > 0 {
		top, bottom = top+missing/2, bottom-missing/2
	}
	sc := scale{from: now.Add(-span.length), perSecond: span.width / span.length.Seconds(), low: bottom, top: chartEdge, bottom: span.height - chartEdge}
	if span.labels {
		sc.top, sc.bottom = sc.top+labelSpace, sc.bottom-labelSpace
	}
	sc.per = (sc.bottom - sc.top) / (top - bottom)
	c.Line, c.Band = paths(sc, span.step, buckets)
	if limit {
		c.Limit = fmt.Sprintf("M0 %.1fH%g", sc.y(s.Limit), span.width)
	}
	if span.labels {
		c.Grid, c.Marks = grid(sc, span, now)
		c.Marks = append(c.Marks,
			mark{0, sc.top - 5, "high " + format.Celsius(high), "start"},
			mark{span.width, sc.top - 5, "low " + format.Celsius(low), "end"})
	}
	return c
}

func extremes(buckets []Bucket) (low, high float64, some bool) {
	for _, b := range buckets {
		if b.Count == 0 {
			continue
		}
		if !some {
			low, high, some = b.Min, b.Max, true
		}
		low, high = min(low, b.Min), max(high, b.Max)
	}
	return low, high, some
}

// paths draws the means as a line, and what is between the extremes as an area. Both
// are broken where nothing was heard.
func paths(sc scale, step time.Duration, buckets []Bucket) (line, band string) {
	var lines, bands, back strings.Builder
	var piece []Bucket
	end := func() {
		back.Reset()
		for i, b := range piece {
			x, command := sc.x(b.Start.Add(step/2)), "L"
			if i == 0 {
				command = "M"
			}
			fmt.Fprintf(&lines, "%s%.1f %.1f", command, x, sc.y(b.Mean))
			fmt.Fprintf(&bands, "%s%.1f %.1f", command, x, sc.y(b.Max))
			low := piece[len(piece)-1-i]
			fmt.Fprintf(&back, "L%.1f %.1f", sc.x(low.Start.Add(step/2)), sc.y(low.Min))
		}
		if len(piece) == 1 {
			lines.WriteString("h.1") // a dot
		}
		if len(piece) > 0 {
			bands.WriteString(back.String() + "Z")
		}
		piece = piece[:0]
	}
	for _, b := range buckets {
		if b.Count == 0 {
			end()
			continue
		}
		piece = append(piece, b)
	}
	end()
	return lines.String(), bands.String()
}

// grid marks midnights of a week, or every six hours of a day.
func grid(sc scale, span *span, now time.Time) (string, []mark) {
	var lines strings.Builder
	var marks []mark
	every, layout := 6*time.Hour, "15:04"
	if span.length > 48*time.Hour {
		every, layout = 24*time.Hour, "Mon"
	}
	y, m, d := sc.from.In(now.Location()).Date()
	for t := time.Date(y, m, d, 0, 0, 0, 0, now.Location()); t.Before(now); t = t.Add(every) {
		x := sc.x(t)
		if x < 0 {
			continue
		}
		fmt.Fprintf(&lines, "M%.1f %.1fV%.1f", x, sc.top, sc.bottom)
		if x < span.width-24 && x > 12 {
			marks = append(marks, mark{math.Round(x), span.height - 5, t.Format(layout), "middle"})
		}
	}
	return lines.String(), marks
}
