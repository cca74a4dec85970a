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

// A Line is one line of a report: a text, and the label beside it, which may be empty.
type Line struct {
	Label string
	Text  string
	Copy  bool // the text is to be copied, and is not broken into lines
}

// Lines are the check for a person to read.
func (c Check) Lines() []Line {
	all := []Line{{Label: labels[c.Verdict], Text: c.Text}}
	for _, d := range c.Details {
		all = append(all, Line{Text: "- " + d})
	}
	if c.Remedy != "" {
		all = append(all, Line{Text: "try:  " + c.Remedy, Copy: true})
	}
	return all
}

// Conclusion is the verdict, the likeliest cause and what to do first, for a person to
// read.
func (r Report) Conclusion() []Line {
	var all []Line
	heard := r.find(idHeard)
	switch {
	case r.Verdict == OK:
		return []Line{{Label: "All well:", Text: r.Cause}}
	case r.Verdict == Warning && heard != nil && heard.Verdict == OK:
		all = []Line{{Label: "Hearing:", Text: heard.Text + "; no problem was found"}, {Label: "But:", Text: r.Cause}}
	default:
		all = []Line{{Label: "Likely:", Text: r.Cause}}
	}
	if r.First != "" {
		all = append(all, Line{Label: "First:", Text: r.First, Copy: true})
	}
	return all
}

// WriteText writes one check.
func (c Check) WriteText(w io.Writer) { writeLines(w, c.Lines()) }

// WriteConclusion writes the conclusion below a blank line. The checks it leaves to
// [Check.WriteText], which can write each as it comes.
func (r Report) WriteConclusion(w io.Writer) {
	fmt.Fprintln(w)
	writeLines(w, r.Conclusion())
}

func writeLines(w io.Writer, lines []Line) {
	for _, l := range lines {
		if l.Copy {
			fmt.Fprintf(w, labelFormat+"%s\n", textColumn, l.Label, l.Text)
		} else {
			writeLine(w, l.Label, l.Text)
		}
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
