package ui

import (
	"testing"
)

func TestColumns(t *testing.T) {
	for width := minLayoutWidth; width <= 250; width++ {
		c := columnsFor(width, width%30)
		used := c.sparklineEnd() + c.low + c.high + c.age
		if spare := width - used; spare < 0 || spare > 1 {
			t.Errorf("%d columns leave %d: %+v", width, spare, c)
		}
		if (c.sparkline > 0) != (width >= minSparklineWidth) || (c.arrow > 0) != (width >= minArrowWidth) || c.name < 10 {
			t.Errorf("%d columns: %+v", width, c)
		}
	}
}
