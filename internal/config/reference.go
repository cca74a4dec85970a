package config

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"picotop/internal/format"
)

// Reference writes every key with what it means and an example, in Markdown, by
// section.
func Reference(w io.Writer, known Known) error {
	var b strings.Builder
	for _, p := range parts(known) {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", format.Markdown(cmp.Or(p.header, p.title)), format.Markdown(p.doc))
		for _, f := range p.fields {
			fmt.Fprintf(&b, "**%s** = %s\n: %s\n\n", format.Markdown(f.key), format.Markdown(f.example), format.Markdown(f.doc))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
