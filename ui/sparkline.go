package ui

import (
	"math"
	"strings"

	"github.com/NimbleMarkets/ntcharts/v2/canvas"
	"github.com/NimbleMarkets/ntcharts/v2/sparkline"
)

// noData stands where a sparkline has no data.
const noData = '·'

const (
	// ▁ is 1, and ▇ is 7. A full █ would touch the row above, and two high rows look
	// like one heavy block.
	maxBlockLevel = 7
	blockLevelMax = 8 // what fills a cell
	// The least span of a sparkline's scale, in kelvin: a tank that moves by
	// a sixteenth of a degree is drawn as what it is, flat.
	minScaleSpan = 2
)

// A scale is what the heights of a sparkline run from and to. The zero value has no
// extent, and takes that of the first values.
type scale struct {
	low, high float64
	known     bool
}

// include extends the scale to the values, of which NaN is a gap.
func (s *scale) include(values []float64) {
	for _, v := range values {
		switch {
		case math.IsNaN(v):
		case !s.known:
			*s = scale{v, v, true}
		default:
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
}

// blockLevels maps values to heights of 1 to maxBlockLevel, and NaN to 0. The chart's own
// scale begins at 0 degrees and cannot be negative, and NaN makes it panic.
func blockLevels(values []float64, s scale) []byte {
	perDegree := (maxBlockLevel - 1) / max(s.high-s.low, minScaleSpan)
	out := make([]byte, len(values))
	for i, v := range values {
		if !math.IsNaN(v) {
			out[i] = byte(1 + math.Round((v-s.low)*perDegree))
		}
	}
	return out
}

// blocks draws levels as block elements, one row high.
func blocks(levels []byte) []rune {
	chart := sparkline.New(len(levels), 1, sparkline.WithNoAutoMaxValue(), sparkline.WithMaxValue(blockLevelMax))
	for _, l := range levels {
		chart.Push(float64(l))
	}
	chart.DrawColumnsOnly()
	out := make([]rune, len(levels))
	for i, l := range levels {
		out[i] = noData
		if l > 0 {
			out[i] = chart.Canvas.Cell(canvas.Point{X: i}).Rune
		}
	}
	return out
}

// A cachedSparkline is a sparkline that is drawn again only if it would look
// different.
type cachedSparkline struct {
	key  string // what text shows, and how
	text string
}

// draw returns the sparkline of the values, of which NaN is a gap, on the scale or, if
// that is nil, on one of their own.
func (s *cachedSparkline) draw(values []float64, shared *scale, theme theme) string {
	if shared == nil {
		shared = new(scale)
		shared.include(values)
	}
	levels := blockLevels(values, *shared)
	ramp := make([]byte, len(values))
	for i, v := range values {
		if levels[i] > 0 {
			ramp[i] = byte(1 + colorStep(v))
		}
	}
	key := theme.name + string(levels) + string(ramp)
	if s.key == key {
		return s.text
	}

	var b strings.Builder
	runes := blocks(levels)
	for i := 0; i < len(runes); {
		run := i + 1
		for run < len(runes) && ramp[run] == ramp[i] {
			run++
		}
		st := theme.faint
		if ramp[i] > 0 {
			st = theme.ramp[ramp[i]-1]
		}
		st.write(&b, string(runes[i:run]))
		i = run
	}
	s.key, s.text = key, b.String()
	return s.text
}
