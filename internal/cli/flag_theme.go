package cli

import (
	"fmt"
	"slices"
	"strings"

	"picotop/ui"
)

// themeValue is the name of a theme of the screen.
type themeValue string

func (t *themeValue) String() string { return string(*t) }
func (t *themeValue) Type() string   { return "theme" }

func (t *themeValue) Set(s string) error {
	if !slices.Contains(ui.Themes(), s) {
		return &badValue{fmt.Sprintf("the themes are %s", strings.Join(ui.Themes(), ", ")), "picotop --theme " + ui.Themes()[0]}
	}
	*t = themeValue(s)
	return nil
}
