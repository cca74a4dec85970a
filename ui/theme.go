package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// A style is the escape sequence that begins a colour or an attribute; empty
// is the terminal's own.
type style string

func (s style) write(b *strings.Builder, text string) {
	if s == "" || text == "" {
		b.WriteString(text)
		return
	}
	b.WriteString(string(s))
	b.WriteString(text)
	b.WriteString(ansi.ResetStyle)
}

// A theme holds the styles of the roles that things on the screen have. None of them carries a
// meaning that a word or a marker does not carry as well.
type theme struct {
	name   string // differs between any two themes
	normal style
	title  style // names of panes and Picos, keys
	faint  style // what may be overlooked
	alarm  style // at or below the limit
	badge  style // the marker of an alarm
	near   style // near the limit, and what is wrong with the program itself
	late   style // an age that is overdue
	silent style // not heard
	cursor style // added to another for the selected row

	ramp   []style           // of sparklines, coldest first
	series [maxOverlay]style // of several sensors in one chart, which their marks tell apart too
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

// plainTheme has no colours and no attributes, for text that is not on a
// screen.
func plainTheme() theme { return theme{name: "plain", ramp: make([]style, len(rampEnds)+1)} }

// Themes are the names of the themes. The first asks the terminal whether it is dark.
func Themes() []string { return []string{"auto", "dark", "light", contrastTheme, colorblindTheme} }

const (
	// contrastTheme has nothing that is faint, and few colours, all of them strong.
	contrastTheme = "contrast"
	// colorblindTheme tells alarm and near apart by vermilion and yellow, which those
	// who do not see red or green can (Okabe and Ito, "Color Universal Design", 2008).
	colorblindTheme = "colorblind"
)

func newTheme(profile colorprofile.Profile, dark bool, palette string) theme {
	base := ansi.NewStyle()
	t := theme{
		name:   fmt.Sprint(profile, dark, palette),
		title:  style(base.Bold().String()),
		faint:  style(base.Faint().String()),
		alarm:  style(base.Bold().String()),
		badge:  style(base.Bold().Reverse(true).String()),
		near:   style(base.Bold().String()),
		late:   style(base.Bold().String()),
		silent: style(base.Faint().String()),
		cursor: style(base.Reverse(true).String()),
		ramp:   make([]style, len(rampEnds)+1),
	}
	if palette == contrastTheme {
		t.faint, t.silent = "", style(base.Underline(true).String())
	}
	var red, yellow ansi.Color
	switch {
	case profile <= colorprofile.ASCII:
		return t
	case palette == contrastTheme && dark:
		red, yellow = ansi.BrightRed, ansi.BrightYellow
	case palette == contrastTheme:
		red, yellow = ansi.Red, ansi.Blue
	case palette == colorblindTheme && profile != colorprofile.ANSI && dark:
		red, yellow = ansi.IndexedColor(208), ansi.IndexedColor(227)
	case palette == colorblindTheme && profile != colorprofile.ANSI:
		red, yellow = ansi.IndexedColor(166), ansi.IndexedColor(94)
	case profile == colorprofile.ANSI:
		red, yellow = ansi.Red, ansi.Yellow
	case dark:
		red, yellow = ansi.IndexedColor(203), ansi.IndexedColor(221)
	default:
		red, yellow = ansi.IndexedColor(160), ansi.IndexedColor(130)
	}
	t.alarm = style(base.Bold().ForegroundColor(red).String())
	t.badge = style(base.Bold().Reverse(true).ForegroundColor(red).String())
	t.near = style(base.ForegroundColor(yellow).String())
	for i, c := range seriesColors(profile, dark) {
		t.series[i] = style(base.ForegroundColor(c).String())
	}
	for i := range t.ramp {
		var c ansi.Color
		switch {
		case palette == contrastTheme:
			continue // the height says it
		case profile == colorprofile.ANSI:
			c = rampOf16[i]
		case dark:
			c = rampOnDark[i]
		default:
			c = rampOnLight[i]
		}
		t.ramp[i] = style(base.ForegroundColor(c).String())
	}
	return t
}

// seriesColors are told apart by those who do not see red or green (Okabe and Ito): blue,
// orange, green and purple.
func seriesColors(profile colorprofile.Profile, dark bool) [maxOverlay]ansi.Color {
	switch {
	case profile == colorprofile.ANSI:
		return [...]ansi.Color{ansi.BrightBlue, ansi.Yellow, ansi.Green, ansi.Magenta}
	case dark:
		return [...]ansi.Color{ansi.IndexedColor(75), ansi.IndexedColor(214), ansi.IndexedColor(36), ansi.IndexedColor(175)}
	}
	return [...]ansi.Color{ansi.IndexedColor(25), ansi.IndexedColor(166), ansi.IndexedColor(29), ansi.IndexedColor(133)}
}

// colorStep is the step of the ramp for a temperature.
func colorStep(celsius float64) int {
	for i, end := range rampEnds {
		if celsius <= end {
			return i
		}
	}
	return len(rampEnds)
}
