package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"picotop/internal/config"
	"picotop/internal/format"
)

// configCommand returns the commands about the configuration file.
func configCommand(p Program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check and explain the file with the owner's settings",
		Long: `picotop needs no settings. A file can hold what it cannot know: what sensors
are called, at which limits to warn, whom to tell, and every flag of picotop.

It is the file that --config names, else ~/.config/picotop/config.toml, else
/etc/picotop/config.toml.`,
		Example: `picotop config example > config.toml
picotop config check config.toml
picotop config show`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(configCheck(p), configExample(p), configShow(p))
	return cmd
}

func configExample(p Program) *cobra.Command {
	return &cobra.Command{
		Use:   "example",
		Short: "Write a file with every key, explained and switched off",
		Example: `picotop config example > ~/.config/picotop/config.toml
picotop config example | sudo tee /etc/picotop/config.toml`,
		Args:                  noArgs,
		DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			return config.Example(p.Out, known())
		},
	}
}

func configCheck(p Program) *cobra.Command {
	return &cobra.Command{
		Use:                   "check [FILE]",
		Short:                 "Say what is wrong with a file, if anything is",
		Example:               "picotop config check\npicotop config check new.toml",
		DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{err: fmt.Errorf("name one file, not %d", len(args)), try: "picotop config check " + format.ShellQuote(args[0])}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(_ *cobra.Command, args []string) error {
			named := ""
			if len(args) == 1 {
				named = args[0]
			}
			return checkConfig(p, named)
		},
	}
}

func checkConfig(p Program, named string) error {
	path := config.Find(named, os.Getenv)
	if path == "" {
		_, err := fmt.Fprintln(p.Out, "there is no configuration file, and none is needed; to write one: picotop config example")
		return err
	}
	o := options{config: path}
	file, err := o.loadFile()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%s: ok, %s, %s\n", path, format.Count(len(file.Sensors), "sensor"), format.Count(len(file.Notify.Targets), "target"))
	for _, e := range file.Unresolved(os.Getenv) {
		fmt.Fprintf(p.Out, "%v\n  note: %s\n", e, e.Hint)
	}
	return nil
}

func configShow(p Program) *cobra.Command {
	o := newOptions()
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Say what is in force, and from where",
		Long: `Say what picotop would do if it was started with the same flags: each setting
as it would stand in the file, and where it comes from, which is a flag, a line
of the file, or picotop itself. Of secrets nothing but their kind is shown.`,
		Example: "picotop config show\npicotop config show --headless --retention 1y",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.show(cmd.Flags(), p)
		},
	}
	f := o.flags()
	f.VisitAll(func(flag *pflag.Flag) { flag.Hidden = flag.Name != "config" })
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(f)
	cmd.Flags().SetNormalizeFunc(otherNames)
	return cmd
}

// show writes the settings that are in force.
func (o *options) show(f *pflag.FlagSet, p Program) error {
	given := map[string]bool{}
	f.Visit(func(flag *pflag.Flag) { given[flag.Name] = true })
	if err := o.settle(f, os.Getenv); err != nil {
		return err
	}
	inForce := map[string]bool{}
	for _, s := range o.settings(func(name string) bool { return given[name] }) {
		inForce[s.Key] = true
	}
	var lines []config.Line
	newOptions().flags().VisitAll(func(flag *pflag.Flag) {
		if noKeys[flag.Name] {
			return
		}
		line := config.Line{Key: keyOf(flag.Name), Value: flagText(f.Lookup(flag.Name).Value), From: "default"}
		switch {
		case given[flag.Name]:
			line.From = "--" + flag.Name
		case inForce[line.Key]:
			line.From = o.file.From(line.Key)
		}
		lines = append(lines, line)
	})
	for _, line := range o.file.Show() {
		if line.Key == "units" && given["fahrenheit"] {
			line.Value, line.From = `"celsius"`, "--fahrenheit"
			if o.fahrenheit {
				line.Value = `"fahrenheit"`
			}
		}
		lines = append(lines, line)
	}
	for _, line := range lines {
		fmt.Fprintf(p.Out, "%-40s # %s\n", line.Key+" = "+line.Value, line.From)
	}
	return nil
}

// flagText is the value of a flag as it would be written in the file.
func flagText(v pflag.Value) string {
	switch v.Type() {
	case "bool":
		return v.String()
	case "port":
		return "[" + v.String() + "]"
	case "stringArray":
		return v.String()
	}
	return fmt.Sprintf("%q", v.String())
}
