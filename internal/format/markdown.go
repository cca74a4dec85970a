package format

import "strings"

// Markdown has the signs of Markdown in a text mean themselves.
func Markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`).Replace(s)
}
