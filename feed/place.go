package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxFound bounds Place.Found, in bytes.
const maxFound = 24

// A Place is where the reading of a datagram stopped. The zero value is that of
// a datagram whose fault is not at any one byte.
type Place struct {
	Offset int    // of the byte, counted from 0
	Found  string // what stands there, such as "nan", `"'"` or "the end"; clean and short
}

// Locate returns the place at which reading a payload stops that [Decode]
// refuses as [NotJSON] or [NotUTF8]. For any other payload it is zero.
func Locate(payload []byte) Place {
	text, start := jsonText(payload)
	switch {
	case len(payload) == 0, len(payload) > MaxDatagram:
		return Place{}
	case !utf8.Valid(text):
		i := invalidUTF8(text)
		return Place{Offset: start + i, Found: fmt.Sprintf("0x%02x", text[i])}
	}
	var value json.RawMessage
	fault, isSyntax := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &value))
	if !isSyntax {
		return Place{}
	}
	// The offset counts the byte at fault, but for a text that ends too soon.
	i := int(fault.Offset) - 1
	if i < 0 || i >= len(text) || fault.Error() == "unexpected end of JSON input" {
		if start+len(text) < len(payload) {
			return Place{Offset: start + len(text), Found: "a NUL byte"}
		}
		return Place{Offset: start + len(text), Found: "the end"}
	}
	from, found := wordAt(text, i)
	return Place{Offset: start + from, Found: found}
}

// invalidUTF8 returns the index of the first byte that is no UTF-8.
func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// wordAt returns the word around the byte at i and where it begins, or the
// character there if it belongs to no word.
func wordAt(text []byte, i int) (from int, found string) {
	if !inWord(text[i]) {
		r, _ := utf8.DecodeRune(text[i:])
		if r < ' ' || r == 0x7f {
			return i, fmt.Sprintf("0x%02x", r)
		}
		return i, strconv.Quote(string(r))
	}
	from, to := i, i+1
	for from > 0 && i-from < maxFound/2 && inWord(text[from-1]) {
		from--
	}
	for to < len(text) && to-from < maxFound && inWord(text[to]) {
		to++
	}
	return from, string(text[from:to])
}

// inWord reports whether a byte is part of a number or of a name such as nan.
func inWord(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' ||
		bytes.IndexByte([]byte("+-._"), b) >= 0
}

// Text says in words what the datagram was like, and where its reading stopped.
func (r Refusal) Text() string {
	if r.Place.Found == "" {
		return r.Reason.Text()
	}
	return fmt.Sprintf("%s from byte %d: %s", r.Reason.Text(), r.Place.Offset, r.Place.Found)
}
