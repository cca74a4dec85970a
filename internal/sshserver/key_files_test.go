package sshserver

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeyFiles(t *testing.T) {
	good, other := newKey(t), newKey(t)
	tests := map[string]struct {
		viewers, owners string
		want            role
	}{
		"nothing":                       {"", "", nobody},
		"listed":                        {good.line, "", viewer},
		"with a comment and blanks":     {"# mum\n\n  \n" + strings.TrimSpace(good.line) + " mum@laptop\n", "", viewer},
		"after a line of nonsense":      {"ssh-ed25519 nonsense\n\x00\x1b[2J\n" + good.line, "", viewer},
		"an owner's":                    {"", good.line, owner},
		"in both files":                 {good.line, good.line, owner},
		"only others":                   {other.line, other.line, nobody},
		"good from one address only":    {`from="192.168.1.5" ` + good.line, "", nobody},
		"good until a day":              {`expiry-time="20200101" ` + good.line, "", nobody},
		"of somebody who signs others'": {"cert-authority " + good.line, "", nobody},
		"too long a file":               {strings.Repeat("#\n", maxKeyFile) + good.line, "", nobody},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			f := keyFiles{filepath.Join(dir, "viewers"), filepath.Join(dir, "owners")}
			write(t, f.viewers, tt.viewers)
			write(t, f.owners, tt.owners)
			if got := f.role(good.signer.PublicKey()); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if f.role(nil) != nobody {
				t.Error("no key at all is good")
			}
		})
	}
}

func TestNobodyCouldBeLetIn(t *testing.T) {
	k, dir := newKey(t), t.TempDir()
	empty, full, none := filepath.Join(dir, "empty"), filepath.Join(dir, "full"), filepath.Join(dir, "none")
	write(t, empty, "# nobody\n")
	write(t, full, k.line)
	for name, tt := range map[string]struct {
		viewers, owners string
		err             string // empty if it works
	}{
		"no file":           {none, none, "none: open"},
		"an empty file":     {empty, none, "there is no key in it"},
		"viewers alone":     {full, none, ""},
		"owners alone":      {none, full, ""},
		"a directory":       {dir, none, "is a directory"},
		"unreadable owners": {full, dir, "is a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{HostKey: filepath.Join(t.TempDir(), "key"), Viewers: tt.viewers, Owners: tt.owners, Logger: slog.New(slog.DiscardHandler)})
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %v, want %q", err, tt.err)
			}
		})
	}
}

func TestHostKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "host_key")
	first, err := hostKey(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its file is %v, %v", info.Mode(), err)
	}
	if again, err := hostKey(file); err != nil || string(again) != string(first) {
		t.Errorf("after a restart it is another one: %v", err)
	}
	write(t, file, "nonsense")
	if other, err := hostKey(file); err == nil || len(other) == 0 {
		t.Errorf("of a damaged file there is no key, or no word: %v", err)
	}
	if text, _ := os.ReadFile(file); string(text) != "nonsense" {
		t.Error("the damaged file was overwritten")
	}
	if other, err := hostKey(filepath.Join(file, "key")); err == nil || len(other) == 0 {
		t.Errorf("where it cannot be kept there is no key, or no word: %v", err)
	}
}
