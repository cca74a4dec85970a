package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"picotop/internal/config"
)

// TestEveryFlagHasAKey holds that the file can say what a flag says, that the example
// shows it, and that what the example shows is right.
func TestEveryFlagHasAKey(t *testing.T) {
	keys := map[string]config.Option{}
	for _, o := range known().Options {
		keys[o.Key] = o
	}
	var example bytes.Buffer
	if err := config.Example(&example, known()); err != nil {
		t.Fatal(err)
	}
	rootCommand(Program{}).Flags().VisitAll(func(f *pflag.Flag) {
		if noKeys[f.Name] {
			return
		}
		o, ok := keys[keyOf(f.Name)]
		if !ok {
			t.Errorf("--%s has no key", f.Name)
			return
		}
		if flagOf(newOptions().flags(), o.Key) != f.Name {
			t.Errorf("%s is not the key of --%s alone", o.Key, f.Name)
		}
		line := o.Key + " = " + o.Example
		if !strings.Contains(example.String(), "\n#"+line+"\n") {
			t.Errorf("%s: not in the example", o.Key)
		}
		if _, err := config.Parse("example", []byte(line), known()); err != nil {
			t.Error(err)
		}
	})
}

// TestFlagsWinOverTheFile holds which of two that differ is in force.
func TestFlagsWinOverTheFile(t *testing.T) {
	for name, c := range map[string]struct {
		file, flags string
		want        func(*options) bool
	}{
		"the file alone":                  {"port = [1, 2]", "", func(o *options) bool { return o.network.ports.String() == "1,2" }},
		"a flag of several":               {"port = [1, 2]", "-p 3", func(o *options) bool { return o.network.ports.String() == "3" }},
		"a flag that switches off":        {"headless = true", "--headless=false", func(o *options) bool { return !o.headless }},
		"units":                           {`units = "fahrenheit"`, "", func(o *options) bool { return o.fahrenheit }},
		"the flag for units":              {`units = "fahrenheit"`, "--fahrenheit=false", func(o *options) bool { return !o.fahrenheit }},
		"listen serves nothing by itself": {`listen = 9000`, "", func(o *options) bool { return !o.Exporter && o.listen == ":9000" }},
		"the flag listen does":            {"", "--listen 9000", func(o *options) bool { return o.Exporter }},
		"bind implies unicast":            {`bind = "127.0.0.1"`, "", func(o *options) bool { return o.Unicast }},
		"from, of a service's file":       {"headless = true", "--from http://pi:8000", func(o *options) bool { return !o.headless }},
		"the demo, of a file with data":   {`data = "/x"`, "--demo", func(o *options) bool { return o.Data == "" }},
		"nothing kept":                    {`data = "/x"`, "--no-history", func(o *options) bool { return o.Data == "" && o.NoHistory }},
		"data of the file has to do":      {`data = "/x"`, "", func(o *options) bool { return o.Data == "/x" && o.DataNamed }},
		"the exporter's name of a flag":   {"", "--web.listen-address=:9", func(o *options) bool { return o.listen == ":9" }},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.toml")
			if err := os.WriteFile(path, []byte("# a file\n"+c.file), 0o644); err != nil {
				t.Fatal(err)
			}
			o := newOptions()
			f := o.flags()
			if err := f.Parse(append(strings.Fields(c.flags), "--config", path)); err != nil {
				t.Fatal(err)
			}
			if err := o.settle(f, func(string) string { return "/home" }); err != nil {
				t.Fatal(err)
			}
			if !c.want(o) {
				t.Errorf("%+v", o)
			}
		})
	}
}
