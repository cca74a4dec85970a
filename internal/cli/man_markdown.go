package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"picotop/internal/format"
)

// markdownCommands are all commands below one, in the order of the help, each with its
// usage and its options.
func markdownCommands(parent *cobra.Command) string {
	var b strings.Builder
	for _, c := range parent.Commands() {
		if c.Hidden || c.Name() == "help" || !c.IsAvailableCommand() {
			continue
		}
		if c.Runnable() {
			fmt.Fprintf(&b, "## %s\n\n%s\n\n%s", format.Markdown(c.UseLine()), sentences(c), markdownOptions(c))
		}
		b.WriteString(markdownCommands(c))
	}
	return b.String()
}

// sentences say what a command does.
func sentences(c *cobra.Command) string {
	if c.Long != "" && c.Parent().Name() != "completion" { // those are long, and of cobra
		return format.Markdown(c.Long)
	}
	return format.Markdown(strings.TrimSuffix(c.Short, ".")) + "."
}

// markdownOptions are the flags of a command, without those of its parents.
func markdownOptions(c *cobra.Command) string {
	var b strings.Builder
	c.InitDefaultHelpFlag()
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || f.Name == "version" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "**--" + f.Name + "**"
		if f.Shorthand != "" {
			name = "**-" + f.Shorthand + "**, " + name
		}
		if strings.HasPrefix(value, "string") { // one that says nothing of itself
			value = "value"
		}
		if value != "" {
			name += " *" + format.Markdown(value) + "*"
		}
		if d := f.DefValue; d != "" && d != "false" && d != "[]" && d != "0" && d != "0s" {
			usage += " (" + d + " by default)"
		}
		fmt.Fprintf(&b, "%s\n: %s\n\n", name, format.Markdown(usage))
	})
	return b.String()
}
