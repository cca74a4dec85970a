package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from the network fit to be shown anywhere: white space of
// any kind becomes a space, what cannot be printed (control characters, those
// that turn the writing direction, surrogates, private and unassigned ones) is
// dropped, the ends are trimmed, and no more than limit runes remain.
func Clean(s string, limit int) string {
	if isClean(s, limit) {
		return s
	}
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimFunc(s, blank) {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case !unicode.IsPrint(r):
			continue
		}
		if n++; n > limit {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}

func blank(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// isClean is a quick test for the usual case: short printable ASCII.
func isClean(s string, limit int) bool {
	if s == "" {
		return true
	}
	if len(s) > limit || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= utf8.RuneSelf || s[i] == 0x7f {
			return false
		}
	}
	return true
}
