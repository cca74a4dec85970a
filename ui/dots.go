package ui

import "slices"

// dots is what a chart's dots are drawn with. The zero value is braille.
type dots int

const (
	braille dots = iota
	halfBlocks
	stars
)

// dotsFor is what a terminal can show: the font of the Linux console has no braille.
func dotsFor(environ []string, ascii bool) dots {
	switch {
	case ascii:
		return stars
	case slices.Contains(environ, "TERM=linux"):
		return halfBlocks
	}
	return braille
}

// The first braille character, and the bits of its upper and its lower four dots
// (Unicode, chapter 21.1).
const (
	firstBraille = '\u2800'
	lastBraille  = '\u28ff'
	upperDots    = 0b00011011
	lowerDots    = 0b11100100
)

// of is the character that stands for one of braille. Others stay as they are.
func (d dots) of(r rune) rune {
	if d == braille || r < firstBraille || r > lastBraille {
		return r
	}
	bits := r - firstBraille
	switch {
	case bits == 0:
		return ' '
	case d == stars:
		return '*'
	case bits&lowerDots == 0:
		return '▀'
	case bits&upperDots == 0:
		return '▄'
	}
	return '█'
}
