package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
)

// complete has the shell offer values for the flags of a command, as far as they can
// be known. A flag that the command does not have is passed over.
func complete(cmd *cobra.Command) {
	fixed := func(values ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	var formats []string
	for _, f := range history.Formats() {
		formats = append(formats, string(f))
	}
	networks := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return app.InterfaceNames(), cobra.ShellCompDirectiveNoFileComp
	}
	sensors := func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return sensorNames(cmd), cobra.ShellCompDirectiveNoFileComp
	}
	for name, values := range map[string]cobra.CompletionFunc{
		"log.format":     fixed("logfmt", "json"),
		"theme":          fixed(app.Themes()...),
		"ssh":            fixed(":2322"),
		"log-level":      fixed("debug", "info", "warn", "error"),
		"format":         fixed(formats...),
		"retention":      fixed("30d", "1y", "5y"),
		"retention-size": fixed("100MB", "1GB", "10GB"),
		"max-size":       fixed("10MB", "100MB", "1GB"),
		"since":          fixed("24h", "7d", "30d", "1y"),
		"speed":          fixed("1", "10", "60", "max"),
		"loss":           fixed("5%", "30%"),
		"group":          fixed("239.0.0.1"),
		"port":           fixed("11235", "9999"),
		"listen":         fixed("8000", "127.0.0.1:8000"),
		"for":            fixed("30s", "10m", "1h"),
		"wait":           fixed("15s", "75s"),
		"from":           fixed("http://raspberrypi:8000"),
		"interface":      networks,
		"sensor":         sensors,
	} {
		if cmd.Flags().Lookup(name) != nil {
			_ = cmd.RegisterFlagCompletionFunc(name, values) // fails only if done twice
		}
	}
	if cmd.Flags().Lookup("config") != nil {
		_ = cmd.MarkFlagFilename("config", "toml")
	}
	if cmd.Flags().Lookup("data") != nil || cmd.PersistentFlags().Lookup("data") != nil {
		_ = cmd.MarkFlagDirname("data")
		_ = cmd.MarkPersistentFlagDirname("data")
	}
	for _, below := range cmd.Commands() {
		complete(below)
	}
}

// sensorNames are the names of the sensors in the history that a command line is
// about, with what would have to be typed for them.
func sensorNames(cmd *cobra.Command) []string {
	data := dataFlag("")
	if f := cmd.Flag("data"); f != nil {
		data = dataFlag(f.Value.String())
	}
	dir, err := data.dir()
	if err != nil {
		return nil
	}
	_, info, err := app.HistoryInfo(cmd.Context(), dir)
	if err != nil {
		return nil // a shell has no use for the reason
	}
	var names []string
	for _, s := range info.Sensors {
		names = append(names, s.Sensor+"\t"+strings.Join(s.Names, ", "))
	}
	return names
}
