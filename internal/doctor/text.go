package doctor

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	lineWidth   = 79
	textColumn  = 10
	labelFormat = "%-*s"
)

// labels are the verdicts in words for a screen, no longer than textColumn.
var labels = map[Verdict]string{OK: "ok", Warning: "warning", Problem: "PROBLEM", Unknown: "unchecked"}

// WriteText writes one check for a person to read.
func (c Check) WriteText(w io.Writer) {
	writeLine(w, labels[c.Verdict], c.Text)
	for _, d := range c.Details {
		writeLine(w, "", "- "+d)
	}
	if c.Remedy != "" {
		// Not broken into lines: it is to be copied.
		fmt.Fprintf(w, "%*stry:  %s\n", textColumn, "", c.Remedy)
	}
}

// WriteConclusion writes the verdict, the likeliest cause and what to do first,
// for a person to read. The checks it leaves to [Check.WriteText], which can
// write each as it comes.
func (r Report) WriteConclusion(w io.Writer) {
	fmt.Fprintln(w)
	heard := r.find(idHeard)
	switch {
	case r.Verdict == OK:
		writeLine(w, "All well:", r.Cause)
		return
	case r.Verdict == Warning && heard != nil && heard.Verdict == OK:
		writeLine(w, "Hearing:", heard.Text+"; no problem was found")
		writeLine(w, "But:", r.Cause)
	default:
		writeLine(w, "Likely:", r.Cause)
	}
	if r.First != "" {
		fmt.Fprintf(w, labelFormat+"%s\n", textColumn, "First:", r.First)
	}
}

// writeLine writes a label and a text beside it, broken into lines.
func writeLine(w io.Writer, label, text string) {
	line := fmt.Sprintf(labelFormat, textColumn, label)
	used := 0
	for _, word := range strings.Fields(text) {
		if used > 0 && len(line)+1+len(word) > lineWidth {
			fmt.Fprintln(w, line)
			line, used = strings.Repeat(" ", textColumn), 0
		}
		if used > 0 {
			line += " "
		}
		line += word
		used++
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}

// count writes a number with its noun: 1 packet, 2 packets.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// list joins words as a sentence does: a, b and c.
func list[T any](all []T) string {
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

// quote makes a path safe to type into a shell.
func quote(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%", r)
	}
	if strings.TrimFunc(path, plain) == "" && !strings.HasPrefix(path, "-") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// seconds writes a duration in seconds, with a decimal if it is below ten.
func seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// countAre is count with its verb: 1 Pico is, 2 Picos are.
func countAre(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return count(n, noun) + " are"
}
