package app

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"picotop/house"
	"picotop/internal/config"
)

// TestReload holds what becomes of a file that is read anew.
func TestReload(t *testing.T) {
	parse := func(text string) *config.File {
		f, err := config.Parse("config.toml", []byte(text), config.Known{})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	var next *config.File
	var nextErr error
	var told []float64
	var log bytes.Buffer
	cfg := Config{File: parse("limit = 2.0"), LoadFile: func() (*config.File, error) { return next, nextErr }}
	i := newInstance(cfg, slog.New(slog.NewTextHandler(&log, nil)))
	i.house = house.New(house.Config{Rules: house.Rules{Limit: house.DefaultLimit}})
	i.onConfig = func(f *config.File) { told = append(told, f.Limit) }
	i.putInForce(i.File)

	next = parse("limit = 1.0\n")
	next.Settings = []config.Setting{{Key: "retention", Values: []string{"1y"}}}
	i.reload()
	i.reload()
	if n := strings.Count(log.String(), "needs a restart"); n != 1 {
		t.Errorf("a restart was asked for %d times:\n%s", n, log.String())
	}
	if st := i.config.status(); st.Err != "" || st.File != "config.toml" || st.LoadedAt.IsZero() {
		t.Errorf("%+v", st)
	}

	next = parse("limit = 1.0\n[[remote_write]]\nurl = \"http://db\"\n")
	i.reload()
	if strings.Contains(log.String(), "remote_write") {
		t.Errorf("another database takes no restart:\n%s", log.String())
	}

	nextErr = config.Errors{{File: "config.toml", Line: 3, Cause: "one"}, {File: "config.toml", Line: 4, Cause: "two"}}
	i.reload()
	if st := i.config.status(); st.Err != "config.toml:3: one (and 1 more)" {
		t.Errorf("%+v", st)
	}
	nextErr = errors.New("odd")
	i.reload()
	if st := i.config.status(); st.Err != "odd" {
		t.Errorf("%+v", st)
	}
	next, nextErr = config.Default(), nil
	i.reload()
	if st := i.config.status(); !strings.Contains(st.Err, "config.toml: it is gone") {
		t.Errorf("%+v", st)
	}
	if len(told) != 4 || told[3] != 1.0 || i.config.inForce().Limit != 1.0 {
		t.Error(told)
	}
}
