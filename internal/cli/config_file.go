package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/pflag"

	"picotop/internal/config"
)

// settle reads the configuration file, and takes from it what was not given on the
// command line; then it checks and completes the whole.
func (o *options) settle(f *pflag.FlagSet, getenv func(string) string) error {
	given := f.Changed
	o.DataNamed = given("data")
	if err := o.check(); err != nil {
		return err
	}
	if err := o.checkPagesAlone(given); err != nil {
		return err
	}
	file, err := o.loadFile()
	if err != nil && o.passOver(err, given("headless")) {
		file, err = config.Default(), nil
	}
	if err != nil {
		return err
	}
	o.file = file
	o.Exporter = o.Exporter || given("listen")
	for _, s := range o.settings(given) {
		if err := setFlag(f, flagOf(f, s.Key), s.Values); err != nil {
			return err // not to be expected: it was checked as it was read
		}
	}
	if given("ssh") && !o.headless {
		return &usageError{
			err: errors.New("--ssh has no use without --headless: it is the service that lets people look"),
			try: "picotop --headless --ssh " + o.ssh.String(),
		}
	}
	if !given("fahrenheit") {
		o.fahrenheit = file.Units == "fahrenheit"
	}
	o.Unicast = o.Unicast || o.bind.String() != ""
	o.DataNamed = given("data") || file.Line("data") > 0 && o.Data != ""
	return o.complete(getenv)
}

// checkPagesAlone finds flags that have no use where pages of what is kept elsewhere are
// served.
func (o *options) checkPagesAlone(given func(name string) bool) error {
	if o.from.url == "" || !o.headless {
		return nil
	}
	for _, name := range []string{"ssh", "remote-write", "web.cors.origin"} {
		if given(name) {
			return &usageError{err: fmt.Errorf("--from with --headless serves pages alone, so --%s has no use", name), try: "leave it out"}
		}
	}
	return nil
}

// loadFile reads the file that was named, or that is found.
func (o *options) loadFile() (*config.File, error) {
	file, err := config.Load(config.Find(o.config, os.Getenv), known())
	if err != nil {
		return nil, err
	}
	return o.remoteWrite.addTo(file), checkFile(file)
}

// passOver reports whether an error about a file that nobody named is no reason for a
// dashboard to end: the service's file may hold secrets that are not for everyone.
func (o *options) passOver(err error, headless bool) bool {
	errs, ok := errors.AsType[config.Errors](err)
	return ok && o.config == "" && !headless && errs[0].File == config.System && errors.Is(errs[0], fs.ErrPermission)
}

// flagOf is the name of the flag that has a key.
func flagOf(f *pflag.FlagSet, key string) string {
	name := ""
	f.VisitAll(func(flag *pflag.Flag) {
		if keyOf(flag.Name) == key {
			name = flag.Name
		}
	})
	return name
}

// excluded are the flags that have no use beside another. If that one was given on the
// command line, it wins over their keys.
var excluded = map[string][]string{
	"from":       {"headless", "exporter", "demo", "standalone"},
	"headless":   fromFlagNames,
	"exporter":   append([]string{"headless"}, fromFlagNames...),
	"standalone": fromFlagNames,
	"demo":       append([]string{"data", "interface"}, fromFlagNames...),
	"data":       {"no-history"},
	"no-history": {"data"},
}

// settings are those of the file that hold beside what was given.
func (o *options) settings(given func(string) bool) []config.Setting {
	drop := map[string]bool{}
	f := newOptions().flags()
	f.VisitAll(func(flag *pflag.Flag) {
		drop[keyOf(flag.Name)] = drop[keyOf(flag.Name)] || given(flag.Name)
		for _, other := range excluded[flag.Name] {
			drop[keyOf(other)] = drop[keyOf(other)] || given(flag.Name)
		}
	})
	var left []config.Setting
	for _, s := range o.file.Settings {
		if !drop[s.Key] {
			left = append(left, s)
		}
	}
	return left
}

// checkFile finds keys of flags that exclude each other in one file.
func checkFile(file *config.File) error {
	for _, s := range file.Settings {
		for _, other := range excluded[flagOf(newOptions().flags(), s.Key)] {
			for _, t := range file.Settings {
				off := t.Values[0] == "false" || s.Values[0] == "false"
				if t.Key == keyOf(other) && !off && t.Line > s.Line {
					return config.Errors{{
						File: file.Path, Line: t.Line,
						Cause: fmt.Sprintf("%s and %s exclude each other; %s is in line %d", t.Key, s.Key, s.Key, s.Line),
						Hint:  "keep one of them",
					}}
				}
			}
		}
	}
	return nil
}

// candidates are where the file is, or may come to be.
func (o *options) candidates() []string {
	if o.config != "" {
		return []string{o.config}
	}
	return config.Candidates(os.Getenv)
}
