package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// A paint is the escape sequence that begins a colour or an attribute; empty
// is the terminal's own.
type paint string

func (p paint) write(b *strings.Builder, text string) {
	if p == "" || text == "" {
		b.WriteString(text)
		return
	}
	b.WriteString(string(p))
	b.WriteString(text)
	b.WriteString(ansi.ResetStyle)
}

// looks are the roles that things on the screen have. None of them carries a
// meaning that a word or a marker does not carry as well.
type looks struct {
	name   string // differs between any two looks
	plain  paint
	title  paint // names of panes and Picos, keys
	faint  paint // what may be overlooked
	alarm  paint // at or below the limit
	badge  paint // the marker of an alarm
	near   paint // near the limit, and what is wrong with the program itself
	late   paint // an age that is overdue
	silent paint // not heard
	cursor paint // added to another for the selected row

	ramp []paint // of sparklines, coldest first
}

// The upper ends, in Celsius, of all but the last step of the ramp: freezing,
// the limit, cold pipes, an unheated room, a cool one, a warm one, hot water.
var rampEnds = [...]float64{0, 4, 8, 14, 18, 22, 40}

// The ramp on dark and on light terminals, from the 256 colours: they look
// the same everywhere and take half the bytes of exact ones. Of the 16 colours
// red is left out, for it means alarm.
var (
	rampOnDark  = [...]ansi.IndexedColor{33, 75, 110, 152, 187, 222, 215, 208}
	rampOnLight = [...]ansi.IndexedColor{20, 26, 31, 66, 101, 136, 172, 166}
	rampOf16    = [...]ansi.BasicColor{ansi.BrightBlue, ansi.BrightBlue, ansi.Cyan, ansi.Cyan, ansi.Cyan, ansi.Yellow, ansi.Yellow, ansi.Yellow}
)

// plainLooks are no looks at all, for text that is not on a screen.
func plainLooks() looks { return looks{name: "plain", ramp: make([]paint, len(rampEnds)+1)} }

func newLooks(profile colorprofile.Profile, dark bool) looks {
	style := ansi.NewStyle()
	l := looks{
		name:   fmt.Sprint(profile, dark),
		title:  paint(style.Bold().String()),
		faint:  paint(style.Faint().String()),
		alarm:  paint(style.Bold().String()),
		badge:  paint(style.Bold().Reverse(true).String()),
		near:   paint(style.Bold().String()),
		late:   paint(style.Bold().String()),
		silent: paint(style.Faint().String()),
		cursor: paint(style.Reverse(true).String()),
		ramp:   make([]paint, len(rampEnds)+1),
	}
	var red, yellow ansi.Color
	switch {
	case profile <= colorprofile.ASCII:
		return l
	case profile == colorprofile.ANSI:
		red, yellow = ansi.Red, ansi.Yellow
	case dark:
		red, yellow = ansi.IndexedColor(203), ansi.IndexedColor(221)
	default:
		red, yellow = ansi.IndexedColor(160), ansi.IndexedColor(130)
	}
	l.alarm = paint(style.Bold().ForegroundColor(red).String())
	l.badge = paint(style.Bold().Reverse(true).ForegroundColor(red).String())
	l.near = paint(style.ForegroundColor(yellow).String())
	for i := range l.ramp {
		var c ansi.Color
		switch {
		case profile == colorprofile.ANSI:
			c = rampOf16[i]
		case dark:
			c = rampOnDark[i]
		default:
			c = rampOnLight[i]
		}
		l.ramp[i] = paint(style.ForegroundColor(c).String())
	}
	return l
}

// warmth is the step of the ramp for a temperature.
func warmth(celsius float64) int {
	for i, end := range rampEnds {
		if celsius <= end {
			return i
		}
	}
	return len(rampEnds)
}
