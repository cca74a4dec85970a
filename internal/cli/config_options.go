package cli

import (
	"cmp"
	"strings"

	"github.com/spf13/pflag"

	"picotop/internal/config"
)

// noKeys are the flags without a key of their own: what they say cannot stand in the
// file, or stands there as units or in sections.
var noKeys = map[string]bool{"config": true, "help": true, "version": true, "remote-write": true, "fahrenheit": true}

// optionExamples are values of flags as they are written in the file, by the name of
// the flag, where the default is no example.
var optionExamples = map[string]string{
	"port":               "[11235, 9999]",
	"interface":          `["eth0"]`,
	"bind":               `"192.168.1.5"`,
	"from":               `"http://raspberrypi:8000"`,
	"from-credentials":   `"/etc/picotop/credentials"`,
	"from-tenant":        `"mum"`,
	"match":              `'{house="mum"}'`,
	"house-label":        `"house"`,
	"web.config.file":    `"/etc/picotop/web.yml"`,
	"web.cors.origin":    `'https://grafana\.example\.org'`,
	"web.allow-host":     `["picotop.example.org"]`,
	"ssh":                `":2322"`,
	"socket-mode":        `"0660"`,
	"data":               `"/var/lib/picotop"`,
	"web.telemetry-path": `"/metrics"`,
}

// notImplied says of flags what their keys do not: a file is for all that run on a
// machine, and a dashboard there is not to serve because the service does.
var notImplied = map[string]string{
	"listen": "address to serve on; a dashboard serves only with exporter",
}

// keyOf is the key of a flag.
func keyOf(flag string) string { return strings.NewReplacer("-", "_", ".", "_").Replace(flag) }

// known is what the file may say beside the keys of package config: each flag of
// picotop, checked by the flag itself.
func known() config.Known {
	var all []config.Option
	newOptions().flags().VisitAll(func(f *pflag.Flag) {
		if noKeys[f.Name] {
			return
		}
		isBool := f.Value.Type() == "bool"
		example := `"` + f.DefValue + `"`
		if isBool {
			example = "true"
		}
		option := config.Option{
			Key: keyOf(f.Name), Doc: cmp.Or(notImplied[f.Name], strings.Replace(f.Usage, ", repeatable", ", or a list of them", 1)),
			Example: cmp.Or(optionExamples[f.Name], example), Bool: isBool, Many: strings.Contains(f.Usage, "repeatable"),
			Check: func(values []string) error { return setFlag(newOptions().flags(), f.Name, values) },
		}
		option.Doc = strings.ToUpper(option.Doc[:1]) + option.Doc[1:] + "."
		all = append(all, option)
	})
	return config.Known{Options: all}
}

// setFlag gives a flag its values as if they had been typed, but for that it does not
// count as given.
func setFlag(f *pflag.FlagSet, name string, values []string) error {
	for _, v := range values {
		if err := f.Lookup(name).Value.Set(v); err != nil {
			return err
		}
	}
	return nil
}
