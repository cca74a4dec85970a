package history

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"picotop/internal/romcode"
	"picotop/internal/sensorname"
)

// MaxNames bounds how many names a [Roster] keeps: two for each sensor that a house
// can hold.
const MaxNames = 1024

// maxNameBytes bounds one of them: 64 characters, which is what a packet may bring.
const maxNameBytes = 64 * utf8.UTFMax

// sentNames are the names that sensors send in words, such as "cold water tank",
// by ROM code. The labels of a series have no white space.
type sentNames map[string]string

// cleanNames doubts the names of a file: it drops those that no packet can have
// brought, and of too many the last.
func cleanNames(read map[string]string) sentNames {
	names := sentNames{}
	for _, code := range slices.Sorted(maps.Keys(read)) {
		spelt := romcode.Canonical(code)
		if _, newer := read[spelt]; newer && spelt != code {
			continue
		}
		names.learn(spelt, read[code])
	}
	return names
}

// readSentNames reads the names beside a history. There are none if the roster is
// missing or damaged: then the labels do.
func readSentNames(dir string) sentNames {
	r, _, _ := readRoster(dir)
	return cleanNames(r.Names)
}

// learn notes the name that a sensor sends, if it is one and there is room.
func (n sentNames) learn(sensor, name string) {
	if _, known := n[sensor]; !known && len(n) >= MaxNames {
		return
	}
	if isSentName(name) {
		n[sensor] = name
	}
}

// of is the name as it is sent of the sensor of a series; empty if that is not
// known, or if the series is of another name that the sensor had.
func (n sentNames) of(ser *series) string {
	if name := n[ser.sensor]; name != "" && sensorname.Label(name) == ser.sensorName {
		return name
	}
	return ""
}

// isSentName reports whether a packet can have brought a name in words. What
// cannot be printed must not reach a terminal.
func isSentName(name string) bool {
	return len(name) <= maxNameBytes && utf8.ValidString(name) && sensorname.InWords(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}
