package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"picotop/internal/goldentest"
)

// TestBrokenFiles holds what is said of files with mistakes in them.
func TestBrokenFiles(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/broken.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, f := range archive.Files {
		_, err := Parse(f.Name, f.Data, Known{Options: someOptions()})
		if err == nil {
			t.Errorf("%s: nothing wrong", f.Name)
			continue
		}
		for _, e := range err.(Errors) {
			fmt.Fprintf(&out, "%v\n    hint: %s\n", e, e.Hint)
			if e.Line == 0 || e.Hint == "" {
				t.Errorf("%v: no line or no hint", e)
			}
		}
		if strings.Contains(err.Error(), "my-secret") {
			t.Errorf("%s: tells a secret: %v", f.Name, err)
		}
	}
	if strings.Contains(out.String(), "my-secret") {
		t.Error("a secret is told")
	}
	goldentest.Compare(t, "testdata/broken.txt", out.Bytes())
}

// someOptions are a few flags, as the command line has them.
func someOptions() []Option {
	number := func(values []string) error {
		for _, v := range values {
			var n int
			if _, err := fmt.Sscanf(v, "%d", &n); err != nil || n < 1 || n > 65535 {
				return errors.New("a port is a number from 1 to 65535")
			}
		}
		return nil
	}
	all := func([]string) error { return nil }
	bad := func([]string) error { return errors.New("it cannot be") }
	return []Option{
		{Key: "headless", Doc: "serve without a screen", Example: "true", Bool: true, Check: all},
		{Key: "group", Doc: "multicast group", Example: `"239.0.0.1"`, Check: bad},
		{Key: "port", Doc: "port to hear", Example: "[11235, 9999]", Default: "11235,9999", Many: true, Check: number},
		{Key: "data", Doc: "directory", Example: `"/var/lib/picotop"`, Check: all},
		{Key: "retention", Doc: "how long", Example: `"5y"`, Check: bad},
		{Key: "retention_size", Doc: "how much", Example: `"1GB"`, Check: all},
		{Key: "web_config_file", Doc: "certificate", Example: `"/etc/picotop/web.yml"`, Check: all},
		{Key: "socket_mode", Doc: "who may attach", Example: `"0660"`, Check: all},
	}
}

// FuzzParse holds that any bytes are either a file or errors of one line each, with a
// cause, and with nothing in them that cannot be shown.
func FuzzParse(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/broken.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(file.Data)
	}
	var example bytes.Buffer
	if err := Example(&example, Known{Options: someOptions()}); err != nil {
		f.Fatal(err)
	}
	f.Add(uncommented(example.Bytes()))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Parse("config.toml", b, Known{Options: someOptions()})
		if err == nil {
			if file.Rules().Limit < coldest {
				t.Error("an impossible limit")
			}
			file.Show()
			return
		}
		errs := err.(Errors)
		if len(errs) == 0 || len(errs) > MaxErrors {
			t.Fatalf("%d errors", len(errs))
		}
		for _, e := range errs {
			text := e.Error() + e.Hint
			if e.Cause == "" || e.Line < 1 || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("%q", text)
			}
		}
	})
}

func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/config.toml"
	big := bytes.Repeat([]byte("# nothing\n"), 1<<20)
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"empty":        {[]byte(""), "it is empty"},
		"blank":        {[]byte(" \n\n"), "it is empty"},
		"10 MB":        {big, "it is 10 MB long, and 1 MB is the most"},
		"UTF-16":       {[]byte("\xff\xfel\x00i\x00"), "it is written in UTF-16, as some editors on Windows do"},
		"zero bytes":   {[]byte("limit = 3\n\x00\x00"), "it is no text: there is a zero byte in it"},
		"Latin-1":      {[]byte("# x\n[sensor.Tank]\nname = \"K\xfche\""), "a letter here is not written in UTF-8"},
		"only a blank": {[]byte(" "), "it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path, Known{})
			errs, ok := errors.AsType[Errors](err)
			if !ok || errs[0].Cause != c.want || errs[0].Hint == "" {
				t.Errorf("%v", err)
			}
		})
	}
	for name, path := range map[string]string{
		"there is no such file":         dir + "/none.toml",
		"it is a directory, not a file": dir,
		"it is not an ordinary file":    "/dev/zero",
	} {
		_, err := Load(path, Known{})
		errs, ok := errors.AsType[Errors](err)
		if !ok || errs[0].Cause != name || errs[0].Hint == "" {
			t.Errorf("%s: %v", path, err)
		}
	}
	if f, err := Load(os.DevNull, Known{}); err != nil || f.Path != "" {
		t.Error(f, err)
	}
}

// BenchmarkLongFile reads a file of nearly 1 MB.
func BenchmarkLongFile(b *testing.B) {
	var text bytes.Buffer
	for i := 0; text.Len() < maxFile-100; i++ {
		fmt.Fprintf(&text, "[sensor.S%d]\nname = \"Sensor %d\"\nlimit = 2.0\n", i, i)
	}
	for b.Loop() {
		if _, err := Parse("long.toml", text.Bytes(), Known{}); err != nil {
			b.Fatal(err)
		}
	}
}
