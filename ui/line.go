package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A line is one line of the screen, of an exact number of cells. What does
// not fit is cut with an ellipsis.
type line struct {
	b           strings.Builder
	width, used int
}

func newLine(width int) *line {
	l := &line{width: max(width, 0)}
	l.b.Grow(width + 64) // colours take a few bytes too
	return l
}

// put adds text, which holds no colours of its own.
func (l *line) put(st style, text string) *line {
	n := cells(text)
	if left := l.width - l.used; n > left {
		text = ansi.Truncate(text, left, "…")
		n = cells(text)
	}
	st.write(&l.b, text)
	l.used += n
	return l
}

// drawn adds text that is styled already and is n cells wide, if it fits.
func (l *line) drawn(text string, n int) *line {
	if l.used+n <= l.width {
		l.b.WriteString(text)
		l.used += n
	}
	return l
}

// to adds blanks up to the given column.
func (l *line) to(column int) *line {
	column = min(column, l.width)
	for ; l.used < column; l.used++ {
		l.b.WriteByte(' ')
	}
	return l
}

// field adds text flush left in the given width.
func (l *line) field(st style, text string, width int) *line {
	end := l.used + width
	if cells(text) > width {
		text = ansi.Truncate(text, width, "…")
	}
	return l.put(st, text).to(end)
}

// number adds text flush right in the given width.
func (l *line) number(st style, text string, width int) *line {
	return l.to(l.used+width-cells(text)).put(st, text)
}

// right puts text at the right edge, if it fits.
func (l *line) right(st style, text string) *line {
	n := cells(text)
	if l.used+n > l.width {
		return l
	}
	return l.to(l.width-n).put(st, text)
}

// rule fills the line.
func (l *line) rule(st style) *line {
	return l.put(st, strings.Repeat("─", l.width-l.used))
}

func (l *line) String() string { return l.to(l.width).b.String() }

// blank is an empty line.
func blank(width int) string { return strings.Repeat(" ", max(width, 0)) }

// fill cuts or extends lines to exactly height.
func fill(lines []string, width, height int) []string {
	height = max(height, 0)
	if len(lines) > height {
		return lines[:height]
	}
	for len(lines) < height {
		lines = append(lines, blank(width))
	}
	return lines
}
