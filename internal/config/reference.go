package config

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// Reference writes every key with what it means and an example, in Markdown, by
// section.
func Reference(w io.Writer, known Known) error {
	var b strings.Builder
	for _, p := range parts(known) {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", markdown(cmp.Or(p.header, p.title)), markdown(p.doc))
		for _, f := range p.fields {
			fmt.Fprintf(&b, "**%s** = %s\n: %s\n\n", markdown(f.key), markdown(f.example), markdown(f.doc))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown has the signs of Markdown mean themselves.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`).Replace(s)
}
