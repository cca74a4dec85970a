package ui

// columns are the widths of the table's columns; one of width 0 is left out.
type columns struct {
	width                     int // of all together
	name, value, arrow        int
	sparkline, low, high, age int
}

const (
	markerWidth = 3
	valueWidth  = 7 // "(-10.5)"
	arrowWidth  = 3

	// Below these widths the table does without its lows, highs and ages, its
	// sparklines, its arrows.
	minFullWidth      = 62
	minSparklineWidth = 34
	minArrowWidth     = 26

	// Beside the events the table is as wide as 72 sparkline cells need,
	// which are 20 minutes each.
	sideBySideTableWidth = 119

	// A longer name takes its room from the sparkline, up to this width.
	maxNameWidth = 24
)

// columnsFor divides up a width for names of which the longest takes so many
// cells.
func columnsFor(width, longest int) columns {
	c := columns{width: width, value: valueWidth}
	switch {
	case width == sideBySideTableWidth:
		c.low, c.high, c.age = 6, 6, 7
		c.arrow, c.name = arrowWidth, max(min(longest, maxNameWidth), 15)
		c.sparkline = 72 + 15 - c.name
	case width >= minFullWidth:
		c.low, c.high, c.age = 7, 7, 7
		c.arrow, c.name = arrowWidth, max(min(longest, maxNameWidth), 18)
		c.sparkline = width - markerWidth - c.name - c.value - c.arrow - c.low - c.high - c.age
	case width >= minSparklineWidth:
		c.arrow = arrowWidth
		rest := width - markerWidth - c.value - c.arrow - 1
		c.sparkline = max(rest*2/5, 10)
		c.name = rest - c.sparkline
	case width >= minArrowWidth:
		c.arrow = arrowWidth
		c.name = width - markerWidth - c.value - c.arrow
	default:
		c.name = max(width-markerWidth-c.value, 0)
	}
	return c
}

func (c columns) sparklineStart() int { return markerWidth + c.name + c.value + c.arrow }
func (c columns) sparklineEnd() int   { return c.sparklineStart() + c.sparkline }
