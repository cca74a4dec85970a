package ui

// help explains each key, marker and word that is on the screen, or those of them that
// have a text.
type help struct {
	pager pager
	find  finder

	found, all int // entries in the last view
}

func newHelp(keys keyMap, ascii bool) help {
	return help{pager: pager{keys: keys}, find: newFinder(keys, ascii)}
}

// reset shows all of it from its beginning.
func (h *help) reset() {
	h.find.clear()
	h.pager.offset = 0
}

// view draws the page in exactly the given rectangle.
func (h *help) view(s *viewState, width, height int) []string {
	p := &page{width: width, theme: s.theme, find: h.find.text()}
	explain(p, h.pager.keys)
	h.found, h.all = p.found, p.entries
	if h.found == 0 {
		p.lines = append(p.lines, newLine(width).add(s.theme.faint, leftMargin(width)+"nothing in the help has this text").String())
	}
	return h.pager.view(p.lines, s, width, height)
}

// explain writes all of the help.
func explain(p *page, keys keyMap) {
	const column = 8

	p.heading("Keys")
	for _, b := range keys.fullHelp() {
		p.entry(p.theme.title, b.Help().Key, column, b.explanation)
	}
	p.blankLine()

	p.heading("In front of a sensor")
	p.entry(p.theme.alarm, "!", column, "freezing: at or below its limit, until it is half a degree above")
	p.entry(p.theme.title, "x", column, "silent: nothing heard for six intervals, or more if packets get lost, and at least a minute")
	p.entry(p.theme.title, "#", column, "broken: it sends nothing but impossible values")
	p.entry(p.theme.alarm, "+", column, "too warm: at or above its high limit, if it was given one")
	p.entry(p.theme.near, "/", column, "too fast: changes by more than it may in an hour, if that was set")
	p.entry(p.theme.title, "=", column, "clash: another Pico sends the same ROM code; each has its row")
	p.entry(p.theme.near, "~", column, "near: within 2 degrees of its limit and falling")
	p.entry(p.theme.title, "&", column, "same name: another sensor is called the same")
	p.entry(p.theme.title, "<", column, "replaced: silent, and a new sensor has its name")
	p.entry(p.theme.title, "?", column, "the last reading may be a fault, and is set aside until the next one confirms it")
	p.blankLine()

	p.heading("In its row")
	p.entry("", "NOW", column, "the last temperature; in parentheses, the last before it went silent")
	p.entry("", "↑ ↓", column, "rising or falling for the last 15 minutes, by more than 0.2 an hour")
	p.entry("", "▁▄█", column, "the last 24 hours, or what w chose, each row on its own scale of at least 2 degrees; blue is cold, orange is warm")
	p.entry(p.theme.faint, string(noData), column, "no data at that time")
	p.entry("", "LOW", column, "the lowest of that time; HIGH the highest")
	p.entry("", "AGE", column, "since its last packet; bold once it is overdue by three intervals")
	p.blankLine()

	p.heading("Above its sensors")
	p.entry(p.theme.faint, "•", column, "a round of the Pico is arriving: its LED is lit while it measures")
	p.entry("", "+", column, "folded: its sensors are hidden, but for those with a warning; f or enter shows them")
	p.entry("", "Pico", column, "its name if it sends status packets, else its address; most Picos send none, "+
		"for they tell of calls to a feed service")
	p.blankLine()

	p.heading("Below all sensors")
	p.entry("", "7 days", column, "sensors that were not heard for a week have no row; to forget one that is gone for good, "+
		"stop picotop and type: picotop history forget NAME")
}
