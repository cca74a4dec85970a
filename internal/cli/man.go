package cli

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"

	"picotop/internal/config"
	"picotop/internal/host"
)

// The prose of the man pages, in which {{options}} and the like stand for what is made
// from the commands and from the keys of the file.
//
//go:embed man/picotop.1.md
var manOfCommands string

//go:embed man/picotop.toml.5.md
var manOfFile string

// manOfFileName is how the man page of the file is asked for.
const manOfFileName = "picotop.toml"

// manCommand returns the command that writes the man pages: that of picotop with all
// its commands, and that of the configuration file. It is for packagers, so the help
// leaves it out.
func manCommand(p Program) *cobra.Command {
	return &cobra.Command{
		Use:                   "man [" + manOfFileName + "]",
		Short:                 "Write a man page",
		Example:               "picotop man > picotop.1\npicotop man " + manOfFileName + " > " + manOfFileName + ".5",
		Hidden:                true,
		DisableFlagsInUseLine: true,
		ValidArgs:             []string{manOfFileName},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				text := strings.NewReplacer(
					"{{options}}", strings.TrimSpace(markdownOptions(cmd.Root())),
					"{{commands}}", strings.TrimSpace(markdownCommands(cmd.Root())),
				).Replace(manOfCommands)
				return writeMan(p, "picotop", "1", "User Commands", text)
			case len(args) == 1 && args[0] == manOfFileName:
				var keys strings.Builder
				if err := config.Reference(&keys, known()); err != nil {
					return err
				}
				text := strings.Replace(manOfFile, "{{keys}}", strings.TrimSpace(keys.String()), 1)
				return writeMan(p, manOfFileName, "5", "File Formats", text)
			}
			return &usageError{
				err: fmt.Errorf("there is no man page of %s", strings.Join(args, " ")),
				try: "picotop man, or picotop man " + manOfFileName,
			}
		},
	}
}

// writeMan writes a man page of a text in Markdown.
func writeMan(p Program, name, section, manual, text string) error {
	date := ""
	if built := host.Built(); !built.IsZero() {
		date = built.UTC().Format("2006-01-02")
	}
	header := fmt.Sprintf("%% %q %q %q %q %q\n\n", strings.ToUpper(name), section, date, "picotop "+p.Version, manual)
	_, err := p.Out.Write(md2man.Render([]byte(header + text)))
	return err
}
