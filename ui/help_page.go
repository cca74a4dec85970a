package ui

// helpPage explains each key, marker and word that is on the screen.
func helpPage(keys keyMap, s *viewState, width int) []string {
	p := &page{width: width, theme: s.theme}
	const column = 8

	p.heading("Keys")
	for _, b := range keys.fullHelp() {
		p.entry(s.theme.title, b.Help().Key, column, b.explanation)
	}
	p.blankLine()

	p.heading("In front of a sensor")
	p.entry(s.theme.alarm, "!", column, "freezing: at or below its limit, until it is half a degree above")
	p.entry(s.theme.title, "x", column, "silent: nothing heard for six intervals, or more if packets get lost, and at least a minute")
	p.entry(s.theme.title, "#", column, "broken: it sends nothing but impossible values")
	p.entry(s.theme.alarm, "+", column, "too warm: at or above its high limit, if it was given one")
	p.entry(s.theme.near, "/", column, "too fast: changes by more than it may in an hour, if that was set")
	p.entry(s.theme.title, "=", column, "clash: another Pico sends the same ROM code; each has its row")
	p.entry(s.theme.near, "~", column, "near: within 2 degrees of its limit and falling")
	p.entry(s.theme.title, "&", column, "same name: another sensor is called the same")
	p.entry(s.theme.title, "<", column, "replaced: silent, and a new sensor has its name")
	p.entry(s.theme.title, "?", column, "the last reading may be a fault, and is set aside until the next one confirms it")
	p.blankLine()

	p.heading("In its row")
	p.entry("", "NOW", column, "the last temperature; in parentheses, the last before it went silent")
	p.entry("", "↑ ↓", column, "rising or falling for the last 15 minutes, by more than 0.2 an hour")
	p.entry("", "▁▄█", column, "the last 24 hours, or what w chose, each row on its own scale of at least 2 degrees; blue is cold, orange is warm")
	p.entry(s.theme.faint, string(noData), column, "no data at that time")
	p.entry("", "LOW", column, "the lowest of that time; HIGH the highest")
	p.entry("", "AGE", column, "since its last packet; bold once it is overdue by three intervals")
	p.blankLine()

	p.heading("Above its sensors")
	p.entry(s.theme.faint, "•", column, "a round of the Pico is arriving: its LED is lit while it measures")
	p.entry("", "+", column, "folded: its sensors are hidden, but for those with a warning; f or enter shows them")
	p.entry("", "Pico", column, "its name if it sends status packets, else its address; most Picos send none, "+
		"for they tell of calls to a feed service")
	p.blankLine()

	p.heading("Below all sensors")
	p.entry("", "7 days", column, "sensors that were not heard for a week have no row; to forget one that is gone for good, "+
		"stop picotop and type: picotop history forget NAME")
	return p.lines
}
