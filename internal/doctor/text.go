package doctor

import (
	"fmt"
	"io"
	"strings"

	"picotop/internal/format"
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

// countAre is count with its verb: 1 Pico is, 2 Picos are.
func countAre(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return format.Count(n, noun) + " are"
}
