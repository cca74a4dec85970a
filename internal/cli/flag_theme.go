package cli

import (
	"fmt"
	"slices"
	"strings"

	"picotop/internal/app"
)

// themeValue is the name of a theme of the screen.
type themeValue string

func (t *themeValue) String() string { return string(*t) }
func (t *themeValue) Type() string   { return "theme" }

func (t *themeValue) Set(s string) error {
	if !slices.Contains(app.Themes(), s) {
		return &badValue{fmt.Sprintf("the themes are %s", strings.Join(app.Themes(), ", ")), "picotop --theme " + app.Themes()[0]}
	}
	*t = themeValue(s)
	return nil
}
