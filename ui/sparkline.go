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

// blockLevels maps values to heights of 1 to maxBlockLevel on a scale of their
// own, and NaN to 0. The chart's own scale begins at 0 degrees and cannot be
// negative, and NaN makes it panic.
func blockLevels(values []float64) []byte {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	scale := (maxBlockLevel - 1) / max(high-low, minScaleSpan)
	out := make([]byte, len(values))
	for i, v := range values {
		if !math.IsNaN(v) {
			out[i] = byte(1 + math.Round((v-low)*scale))
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

// draw returns the sparkline of the values, of which NaN is a gap.
func (s *cachedSparkline) draw(values []float64, theme theme) string {
	levels := blockLevels(values)
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
