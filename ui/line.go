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

// add adds text, which holds no colours of its own.
func (l *line) add(st style, text string) *line {
	n := textWidth(text)
	if left := l.width - l.used; n > left {
		text = ansi.Truncate(text, left, "…")
		n = textWidth(text)
	}
	st.write(&l.b, text)
	l.used += n
	return l
}

// addRendered adds text that is styled already and is n cells wide, if it fits.
func (l *line) addRendered(text string, n int) *line {
	if l.used+n <= l.width {
		l.b.WriteString(text)
		l.used += n
	}
	return l
}

// padTo adds blanks up to the given column.
func (l *line) padTo(column int) *line {
	column = min(column, l.width)
	for ; l.used < column; l.used++ {
		l.b.WriteByte(' ')
	}
	return l
}

// addLeft adds text flush left in a field of the given width, cut if it is
// longer.
func (l *line) addLeft(st style, text string, width int) *line {
	end := l.used + width
	if textWidth(text) > width {
		text = ansi.Truncate(text, width, "…")
	}
	return l.add(st, text).padTo(end)
}

// addRight adds text flush right in a field of the given width.
func (l *line) addRight(st style, text string, width int) *line {
	return l.padTo(l.used+width-textWidth(text)).add(st, text)
}

// addAtEdge adds text flush with the right edge of the line, if it fits.
func (l *line) addAtEdge(st style, text string) *line {
	n := textWidth(text)
	if l.used+n > l.width {
		return l
	}
	return l.padTo(l.width-n).add(st, text)
}

// addFound adds text, with each place in the given style where it has what is searched
// for, which is in lower case.
func (l *line) addFound(st style, text, find string) *line {
	lower := strings.ToLower(text)
	if find == "" || len(lower) != len(text) {
		return l.add("", text)
	}
	for {
		i := strings.Index(lower, find)
		if i < 0 {
			return l.add("", text)
		}
		end := i + len(find)
		l.add("", text[:i]).add(st, text[i:end])
		text, lower = text[end:], lower[end:]
	}
}

// addRule fills the rest of the line with a rule.
func (l *line) addRule(st style) *line {
	return l.add(st, strings.Repeat("─", l.width-l.used))
}

func (l *line) String() string { return l.padTo(l.width).b.String() }

// leftMargin is the margin of lines of the given width: none where every column
// counts.
func leftMargin(width int) string {
	if width < minFullWidth {
		return ""
	}
	return " "
}

// spaces is n blanks, such as an empty line of that width.
func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// fitHeight cuts lines to exactly height, or extends them with empty ones.
func fitHeight(lines []string, width, height int) []string {
	height = max(height, 0)
	if len(lines) > height {
		return lines[:height]
	}
	for len(lines) < height {
		lines = append(lines, spaces(width))
	}
	return lines
}
