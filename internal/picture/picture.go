// Package picture draws what a terminal shows as an SVG, for the documents: sharp at any
// size, and the same bytes each time.
//
// Letters are text, stretched to their cells, so that any monospaced font will do.
// Blocks, braille and lines are shapes, since fonts leave gaps between them. No library
// does this from Go: those that exist draw pixels, or start another program.
package picture

import (
	"fmt"
	"html"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// The sizes of a cell and of what surrounds the screen, in pixels.
const (
	cellWidth, cellHeight = 9, 20
	fontSize              = 15
	baseline              = 15 // below the top of a cell
	bar                   = 36 // of the window's title
	margin                = 12 // around the screen
)

// A Picture is a terminal to be drawn.
type Picture struct {
	Frame         string // with the escape sequences of its styles
	Width, Height int    // in cells
	Title         string // of the window
	About         string // what the picture shows, for those who cannot see it
	Light         bool   // whether the background is light
}

// colors of a window.
type colors struct{ back, text, bar, edge, title string }

var (
	dark  = colors{back: "#16181d", text: "#d8dbe2", bar: "#24272e", edge: "#3a3f4a", title: "#9aa1ad"}
	light = colors{back: "#fbfaf7", text: "#24272c", bar: "#eceae4", edge: "#cfccc3", title: "#6b6f76"}
)

// SVG draws it.
func (p Picture) SVG() []byte {
	c := dark
	if p.Light {
		c = light
	}
	w, h := p.Width*cellWidth+2*margin, p.Height*cellHeight+bar+2*margin-4
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		w, h, w, h, html.EscapeString(p.About))
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(p.About))
	fmt.Fprintf(&b, `<rect x=".5" y=".5" width="%d" height="%d" rx="9" fill="%s" stroke="%s"/>`+"\n", w-1, h-1, c.back, c.edge)
	fmt.Fprintf(&b, `<path d="M1 %dV10a9 9 0 0 1 9-9H%da9 9 0 0 1 9 9V%dz" fill="%s"/>`+"\n", bar-4, w-10, bar-4, c.bar)
	for i, color := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="16" r="5.5" fill="%s"/>`+"\n", 20+18*i, color)
	}
	fmt.Fprintf(&b, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace" font-size="%d" fill="%s" style="white-space:pre">`+"\n", fontSize, c.text)
	fmt.Fprintf(&b, `<text x="%d" y="21" text-anchor="middle" font-size="13" fill="%s">%s</text>`+"\n", w/2, c.title, html.EscapeString(p.Title))
	fmt.Fprintf(&b, `<g transform="translate(%d %d)">`+"\n", margin, bar+margin/2-2)
	screen := uv.NewScreenBuffer(p.Width, p.Height)
	uv.NewStyledString(p.Frame).Draw(screen, screen.Bounds())
	for y := range p.Height {
		for _, r := range runs(screen, y, c) {
			r.draw(&b, y, c)
		}
	}
	b.WriteString("</g>\n</g>\n</svg>\n")
	return []byte(b.String())
}
