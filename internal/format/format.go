// Package format writes numbers, sizes, durations and lists the way people read
// them, the same on the screen, in the commands and in what the doctor says.
//
// Temperatures and dates are not here: how they are written is the user's choice,
// and the screens'.
package format

import (
	"fmt"
	"strings"
)

// Count writes a number of things: "1 packet", "2 packets".
func Count[N ~int | ~int64 | ~uint64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// List joins things as a sentence does: "a, b and c".
func List[T any](all []T) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = fmt.Sprint(one)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Ports names UDP ports: "port 9999", "ports 11235 and 9999".
func Ports(ports []uint16) string {
	if len(ports) == 1 {
		return "port " + List(ports)
	}
	return "ports " + List(ports)
}

// ShellQuote makes a text safe to type into a shell, as one word. What needs no
// quotation gets none.
func ShellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" && !strings.HasPrefix(s, "-") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
