package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MaxErrors bounds how many errors of one file are told.
const MaxErrors = 20

// An Error is something in a file that cannot be right.
type Error struct {
	File  string
	Line  int // 0 if it is the file as a whole
	Cause string
	Hint  string // what to do about it; empty if nothing is known to help
	Err   error  // what the system said; mostly nil
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Cause
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Cause)
}

// Unwrap returns what the system said.
func (e *Error) Unwrap() error { return e.Err }

// Errors are those of one file, by line, at least one and at most MaxErrors.
type Errors []*Error

func (e Errors) Error() string {
	if len(e) == 1 {
		return e[0].Error()
	}
	return fmt.Sprintf("%v (and %d more)", e[0], len(e)-1)
}

// sorted are the errors by line, none twice, as many as are told.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	e = slices.CompactFunc(e, func(a, b *Error) bool { return a.Line == b.Line && a.Cause == b.Cause })
	return e[:min(len(e), MaxErrors)]
}

// quoted writes what stands in a file for a line of error: not too long, and nothing
// in it that cannot be shown.
func quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// either lists words to choose from: `"a", "b" or "c"`.
func either(words []string) string {
	var all []string
	for _, w := range words {
		all = append(all, fmt.Sprintf("%q", w))
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}
