package ui

import (
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"picotop/feed"
	"picotop/house"
)

// isPrintableASCII reports whether s is printable ASCII alone, so that each byte
// takes one cell.
func isPrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// textWidth is how many cells s takes on a terminal. s may hold colours.
func textWidth(s string) int {
	if isPrintableASCII(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// cutNames makes a text fit in a width by cutting the names in it, which are given in
// their order there: what is said of them comes last. It leaves a fifth of the width to
// them, so that one knows them. If the text does not fit even so, a half is theirs, and
// the text is too long.
func cutNames(text string, width int, names ...string) string {
	over := textWidth(text) - width
	if over <= 0 {
		return text
	}
	var between []string
	var widths []int
	room, rest := -over, text
	for _, name := range names {
		before, after, found := strings.Cut(rest, name)
		if !found {
			return text
		}
		between, widths, rest = append(between, before), append(widths, textWidth(name)), after
		room += textWidth(name)
	}
	if room < max(width/5, leastName) {
		room = width / 2
	}
	narrow(widths, room)
	var b strings.Builder
	for i, name := range names {
		b.WriteString(between[i] + ansi.Truncate(name, widths[i], "…"))
	}
	return b.String() + rest
}

// leastName is how many cells of names are left on the narrowest screen.
const leastName = 4

// narrow makes widths as wide as there is room for all, the widest first.
func narrow(widths []int, room int) {
	for sum := sumOf(widths); sum > room && slices.Max(widths) > 1; sum-- {
		widths[slices.Index(widths, slices.Max(widths))]--
	}
}

func sumOf(widths []int) int {
	sum := 0
	for _, w := range widths {
		sum += w
	}
	return sum
}

// clean makes text from the network safe to lay out. It leaves out what could
// steer the terminal or turn the line around, and what terminals disagree on
// the width of: joiners, variation selectors and skin tones. Should the two
// ways to measure still disagree, only the ASCII part is kept.
func clean(s string, ascii bool) string {
	if isPrintableASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsGraphic(r),
			unicode.Is(unicode.Variation_Selector, r),
			r >= '\U0001F3FB' && r <= '\U0001F3FF': // skin tones
			return -1
		}
		return r
	}, s)
	if ascii || ansi.StringWidth(s) != ansi.StringWidthWc(s) {
		return onlyASCII(s)
	}
	return s
}

func onlyASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, s)
}

// joinNonEmpty joins the texts that are not empty.
func joinNonEmpty(sep string, texts ...string) string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return strings.Join(some, sep)
}

// cleanHouse returns a copy of s with all text cleaned. It does not change s.
func cleanHouse(s house.State, ascii bool) house.State {
	s.Sensors = slices.Clone(s.Sensors)
	for i := range s.Sensors {
		s.Sensors[i].DisplayName = clean(s.Sensors[i].Label(), ascii)
	}
	s.Picos = slices.Clone(s.Picos)
	for i := range s.Picos {
		s.Picos[i].Name = clean(s.Picos[i].Name, ascii)
		s.Picos[i].StatusText = clean(s.Picos[i].StatusText, ascii)
	}
	s.Conditions = slices.Clone(s.Conditions)
	for i := range s.Conditions {
		s.Conditions[i].Text = clean(s.Conditions[i].Text, ascii)
	}
	s.Events = slices.Clone(s.Events)
	for i := range s.Events {
		s.Events[i].Label = clean(s.Events[i].Label, ascii)
		s.Events[i].Text = clean(s.Events[i].Text, ascii)
	}
	return s
}

// cleanPackets returns copies of packets with all text cleaned.
func cleanPackets(packets []feed.Packet, ascii bool) []feed.Packet {
	packets = slices.Clone(packets)
	for i := range packets {
		p := &packets[i]
		p.Name, p.Sensor, p.Text = clean(p.Name, ascii), clean(p.Sensor, ascii), clean(p.Text, ascii)
	}
	return packets
}

// cleanHealth returns a copy of h with all text cleaned. It does not change h.
func cleanHealth(h Health, ascii bool) Health {
	h.Origin.House = clean(h.Origin.House, ascii)
	h.Metrics.Addr = clean(h.Metrics.Addr, ascii)
	h.Metrics.Err = clean(h.Metrics.Err, ascii)
	h.History.Err = clean(h.History.Err, ascii)
	h.History.Full = clean(h.History.Full, ascii)
	h.Feed.LastRefused.Place.Found = clean(h.Feed.LastRefused.Place.Found, ascii)
	h.Feed.Ports = slices.Clone(h.Feed.Ports)
	for i := range h.Feed.Ports {
		h.Feed.Ports[i].Why = clean(h.Feed.Ports[i].Why, ascii)
	}
	h.Feed.Interfaces = slices.Clone(h.Feed.Interfaces)
	for i := range h.Feed.Interfaces {
		h.Feed.Interfaces[i].Name = clean(h.Feed.Interfaces[i].Name, ascii)
		h.Feed.Interfaces[i].Why = clean(h.Feed.Interfaces[i].Why, ascii)
	}
	return h
}

// toASCII replaces the characters that this package draws with, one for one.
func toASCII(frame string) string {
	return strings.Map(func(r rune) rune {
		if r <= '~' {
			return r
		}
		if a, ok := asciiFor[r]; ok {
			return a
		}
		return '?'
	}, frame)
}

var asciiFor = map[rune]rune{
	'←': '<', '→': '>', '┤': '|', '└': '+', '┬': '+',
	'▁': '_', '▂': '.', '▃': ',', '▄': '-', '▅': '=', '▆': '+', '▇': '*', '█': '#',
	noData: ':', '•': '.', '─': '-', '…': '~', '↑': '^', '↓': 'v', '°': ' ',
}
