package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manPage is a man page as a reader sees it, without the signs of roff.
func manPage(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	p := Program{Version: "v1.2.3", Out: &out, Err: &out}
	if err := execute(t.Context(), append([]string{"man"}, args...), p); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`\fB`, "", `\fI`, "", `\fP`, "", `\fR`, "", `\-`, "-", `\&`, "").Replace(out.String())
}

func TestManPageHasEveryCommandAndFlag(t *testing.T) {
	page := manPage(t)
	if !strings.HasPrefix(page, ".nh\n.TH \"PICOTOP\" \"1\"") {
		t.Errorf("it begins with %.60q", page)
	}
	if strings.Contains(page, "{{") {
		t.Error("a part is missing")
	}
	var look func(*cobra.Command)
	look = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" {
			return
		}
		if c.Runnable() && !strings.Contains(page, c.CommandPath()) {
			t.Errorf("nothing is said of %s", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" && f.Name != "version" && !strings.Contains(page, "--"+f.Name) {
				t.Errorf("nothing is said of %s --%s", c.CommandPath(), f.Name)
			}
		})
		for _, child := range c.Commands() {
			look(child)
		}
	}
	root := rootCommand(Program{})
	root.AddCommand(historyCommand(Program{}), recordCommand(Program{}), doctorCommand(Program{}), notifyCommand(Program{}))
	look(root)
}

func TestManPageHasEveryKeyOfTheFile(t *testing.T) {
	page := manPage(t, "picotop.toml")
	for _, o := range known().Options {
		if !strings.Contains(page, o.Key+" = ") {
			t.Errorf("nothing is said of %s", o.Key)
		}
	}
	for _, key := range []string{"limit", "repeat_after", "url_file", "[heartbeat]", "[quiet_hours]"} {
		if !strings.Contains(page, key) {
			t.Errorf("nothing is said of %s", key)
		}
	}
}

func TestNoManPageOfSomethingElse(t *testing.T) {
	var out bytes.Buffer
	err := execute(t.Context(), []string{"man", "frobnicate"}, Program{Out: &out, Err: &out})
	if !isUsage(err) {
		t.Errorf("got %v, want a usage error", err)
	}
}
