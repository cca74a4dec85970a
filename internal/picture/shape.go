package picture

import (
	"fmt"
	"strings"
)

// isShape reports whether a cell is drawn as a shape.
func isShape(cell string) bool {
	r := []rune(cell)
	return len(r) == 1 && (isBlock(r[0]) || isBraille(r[0]) || lines[r[0]] != 0)
}

// isBlock reports whether r fills some eighths of a cell, from the bottom.
func isBlock(r rune) bool { return r >= '▁' && r <= '█' }

func isBraille(r rune) bool { return r >= 0x2801 && r <= 0x28ff }

// The ways in which a line leaves the middle of a cell.
const (
	leftward = 1 << iota
	rightward
	upward
	downward
)

var lines = map[rune]int{
	'─': leftward | rightward, '│': upward | downward, '┤': leftward | upward | downward, '├': rightward | upward | downward,
	'┬': leftward | rightward | downward, '┴': leftward | rightward | upward, '┼': leftward | rightward | upward | downward,
	'└': upward | rightward, '┘': upward | leftward, '┌': downward | rightward, '┐': downward | leftward,
}

// shapes is the outline of the blocks and lines of a run, those of one height as one.
func (r run) shapes(left, top int) string {
	var b strings.Builder
	rect := func(x, y, w, h int) { fmt.Fprintf(&b, "M%d %dh%dv%dh%dz", left+x, top+y, w, h, -w) }
	for x := 0; x < len(r.cells); x++ {
		cell := []rune(r.cells[x])[0]
		if !isShape(r.cells[x]) {
			continue
		}
		n := 1
		for x+n < len(r.cells) && r.cells[x+n] == r.cells[x] && (isBlock(cell) || cell == '─') {
			n++
		}
		at := x * cellWidth
		switch ways := lines[cell]; {
		case isBlock(cell):
			// Two pixels stay free, so that rows do not touch.
			height := int(cell-'▁'+1) * (cellHeight - 2) / 8
			rect(at, cellHeight-1-height, n*cellWidth, height)
		case ways == leftward|rightward:
			rect(at, cellHeight/2, n*cellWidth, 1)
		case ways != 0:
			drawLines(rect, at, ways)
		}
		x += n - 1
	}
	return b.String()
}

// drawLines draws the arms of a cell.
func drawLines(rect func(x, y, w, h int), at, ways int) {
	const middle = cellWidth / 2
	if ways&leftward != 0 {
		rect(at, cellHeight/2, middle+1, 1)
	}
	if ways&rightward != 0 {
		rect(at+middle, cellHeight/2, cellWidth-middle, 1)
	}
	if ways&upward != 0 {
		rect(at+middle, 0, 1, cellHeight/2+1)
	}
	if ways&downward != 0 {
		rect(at+middle, cellHeight/2, 1, cellHeight/2)
	}
}

// dotBits are the bits of a braille sign, by row and column.
var dotBits = [4][2]int{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// dots are the braille dots of a run, each a line without length.
func (r run) dots(left, top int) string {
	var b strings.Builder
	for x, cell := range r.cells {
		c := []rune(cell)[0]
		if !isBraille(c) {
			continue
		}
		for row, columns := range dotBits {
			for column, bit := range columns {
				if int(c-0x2800)&bit != 0 {
					fmt.Fprintf(&b, "M%.4g %.4gh0", float64(left+x*cellWidth)+2.25+4.5*float64(column), float64(top)+2.5+5*float64(row))
				}
			}
		}
	}
	return b.String()
}
