package wording

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A column of a table is as wide as the widest of its cells.
type column struct {
	gap   int  // blanks before it
	right bool // flush right
}

// writeColumns writes rows, in the characters of the style.
func (s Style) writeColumns(b *strings.Builder, rows [][]string, columns []column) {
	widths := make([]int, len(columns))
	for _, row := range rows {
		for i := range row {
			row[i] = s.characters(row[i])
			widths[i] = max(widths[i], ansi.StringWidth(row[i]))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
			line.WriteString(strings.Repeat(" ", columns[i].gap))
			if columns[i].right {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// characters are those of a text in which the style writes. In ASCII the signs of the
// table's own become their like, and all else a question mark.
func (s Style) characters(text string) string {
	if !s.ASCII {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r <= '~':
			return r
		case r == '↓':
			return 'v'
		case r == '↑':
			return '^'
		case r == '°':
			return -1
		}
		return '?'
	}, text)
}
