package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand returns the command that writes the man page of picotop or of one of
// its commands. It is for packagers, so the help leaves it out.
func manCommand(p Program) *cobra.Command {
	return &cobra.Command{
		Use:                   "man [COMMAND]",
		Short:                 "Write a man page",
		Example:               "picotop man > picotop.1\npicotop man history export > picotop-history-export.1",
		Hidden:                true,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			of.InitDefaultHelpFlag()
			return doc.GenMan(of, &doc.GenManHeader{Section: "1", Source: "picotop " + p.Version, Manual: "picotop"}, p.Out)
		},
	}
}
