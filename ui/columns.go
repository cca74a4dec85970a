package ui

// columns are the widths of the table's columns; 0 is left out.
type columns struct {
	width                     int // of all together
	name, value, arrow        int
	sparkline, low, high, age int
}

const (
	markWidth  = 3
	valueWidth = 7 // "(-10.5)"
	arrowWidth = 3

	// Below these widths the table does without its lows and highs, its
	// sparklines, its arrows.
	fullWidth  = 62
	sparkWidth = 34
	trendWidth = 26

	// Beside the events the table is as wide as 72 sparkline cells need,
	// which are 20 minutes each.
	splitWidth = 119

	// A name longer than usual takes its room from the sparkline, up to this.
	mostName = 24
)

// columnsFor divides a width up. The longest name is so many cells long.
func columnsFor(width, longest int) columns {
	c := columns{width: width, value: valueWidth}
	switch {
	case width == splitWidth:
		c.low, c.high, c.age = 6, 6, 7
		c.arrow, c.name = arrowWidth, max(min(longest, mostName), 15)
		c.sparkline = 72 + 15 - c.name
	case width >= fullWidth:
		c.low, c.high, c.age = 7, 7, 7
		c.arrow, c.name = arrowWidth, max(min(longest, mostName), 18)
		c.sparkline = width - markWidth - c.name - c.value - c.arrow - c.low - c.high - c.age
	case width >= sparkWidth:
		c.arrow = arrowWidth
		rest := width - markWidth - c.value - c.arrow - 1
		c.sparkline = max(rest*2/5, 10)
		c.name = rest - c.sparkline
	case width >= trendWidth:
		c.arrow = arrowWidth
		c.name = width - markWidth - c.value - c.arrow
	default:
		c.name = max(width-markWidth-c.value, 0)
	}
	return c
}

func (c columns) sparklineStart() int { return markWidth + c.name + c.value + c.arrow }
func (c columns) sparklineEnd() int   { return c.sparklineStart() + c.sparkline }
