package picture

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// A look is how a cell is drawn.
type look struct {
	fill, back string // back is empty for the window's own
	bold       bool
	faint      bool
	underline  bool
}

// A run is cells beside each other that look the same.
type run struct {
	look
	x, width int // in cells
	cells    []string
}

// runs takes a line apart.
func runs(screen uv.ScreenBuffer, y int, c colors) []run {
	var all []run
	for x := 0; x < screen.Width(); {
		cell := screen.CellAt(x, y)
		text, width, l := " ", 1, look{fill: c.text}
		if cell != nil && cell.Width > 0 {
			text, width, l = cell.Content, cell.Width, lookOf(cell.Style, c)
		}
		if n := len(all); n > 0 && all[n-1].look == l {
			all[n-1].cells = append(all[n-1].cells, text)
			all[n-1].width += width
		} else {
			all = append(all, run{look: l, x: x, width: width, cells: []string{text}})
		}
		x += width
	}
	return all
}

func lookOf(s uv.Style, c colors) look {
	l := look{
		fill: hex(s.Fg, c.text), back: hex(s.Bg, ""),
		bold: s.Attrs&uv.AttrBold != 0, faint: s.Attrs&uv.AttrFaint != 0, underline: s.Underline != 0,
	}
	if s.Attrs&uv.AttrReverse != 0 {
		l.fill, l.back = hex(s.Bg, c.back), l.fill
	}
	return l
}

func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// draw writes the background, the shapes and the letters of a run.
func (r run) draw(b *strings.Builder, y int, c colors) {
	left, top := r.x*cellWidth, y*cellHeight
	if r.back != "" {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", left, top, r.width*cellWidth, cellHeight, r.back)
	}
	fade := ""
	if r.faint {
		fade = ` opacity=".55"`
	}
	if path := r.shapes(left, top); path != "" {
		fmt.Fprintf(b, `<path d="%s" fill="%s"%s shape-rendering="crispEdges"/>`+"\n", path, r.fill, fade)
	}
	if path := r.dots(left, top); path != "" {
		fmt.Fprintf(b, `<path d="%s" stroke="%s" stroke-width="3" stroke-linecap="round"%s/>`+"\n", path, r.fill, fade)
	}
	style := fade
	if r.fill != c.text {
		style += ` fill="` + r.fill + `"`
	}
	if r.bold {
		style += ` font-weight="700"`
	}
	if r.underline {
		style += ` text-decoration="underline"`
	}
	for _, w := range r.words() {
		fmt.Fprintf(b, `<text x="%d" y="%d" textLength="%d" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n",
			left+w.x*cellWidth, top+baseline, w.width*cellWidth, style, html.EscapeString(w.text))
	}
}

// A word is text between shapes and gaps.
type word struct {
	text     string
	x, width int // in cells, from the start of the run
}

// words are the letters of a run. A single blank parts no words.
func (r run) words() []word {
	var all []word
	open := false
	for x, text := range r.cells {
		if text == " " || isShape(text) {
			// A blank belongs to a word if a letter comes next.
			if open && text == " " && x+1 < len(r.cells) && r.cells[x+1] != " " && !isShape(r.cells[x+1]) {
				all[len(all)-1].text += " "
				all[len(all)-1].width++
				continue
			}
			open = false
			continue
		}
		if !open {
			all, open = append(all, word{x: x}), true
		}
		all[len(all)-1].text += text
		all[len(all)-1].width++
	}
	return all
}
