// Package sensorname knows which names follow from the one that a sensor sends:
// those of its labels, which people's alert rules use, and the one for people.
package sensorname

import (
	"strings"
	"unicode"
)

// Label is the name with all white space removed: the label that the first
// exporter gave.
func Label(name string) string {
	return strings.Join(strings.Fields(name), "")
}

// Friendly is the other label: [Label] with a space put before every capital A
// to Z. "ColdWaterTank" becomes "Cold Water Tank", and "TVRoom" "T V Room".
func Friendly(name string) string {
	var b strings.Builder
	for i, r := range Label(name) {
		if i > 0 && 'A' <= r && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Display is what people are shown: the name as it was sent if it is in words,
// else [Friendly].
func Display(name string) string {
	if InWords(name) {
		return name
	}
	return Friendly(name)
}

// InWords reports whether a name has white space within, such as "cold water
// tank".
func InWords(name string) bool {
	return strings.ContainsFunc(strings.TrimSpace(name), unicode.IsSpace)
}
