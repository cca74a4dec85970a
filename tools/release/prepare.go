package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// prepare makes what is the same for every architecture: man pages, completions, the
// file with the settings, licences and changes.
func (b *build) prepare() error {
	b.host = filepath.Join(b.work, "picotop")
	if err := b.compile(hostTarget(), b.host); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		args []string
	}{
		{"picotop.1.gz", []string{"man"}},
		{"picotop.toml.5.gz", []string{"man", "picotop.toml"}},
		{"config.toml", []string{"config", "example"}},
		{"picotop.bash", []string{"completion", "bash"}},
		{"_picotop", []string{"completion", "zsh"}},
		{"picotop.fish", []string{"completion", "fish"}},
	} {
		out, err := exec.Command(b.host, f.args...).Output()
		if err != nil {
			return fmt.Errorf("picotop %s: %w", strings.Join(f.args, " "), err)
		}
		if err := b.write(f.name, out); err != nil {
			return err
		}
	}
	for name, from := range map[string]string{"README.gz": "README.md", "LICENSE": "LICENSE"} {
		text, err := os.ReadFile(filepath.Join(b.root, from))
		if err != nil {
			return err
		}
		if err := b.write(name, text); err != nil {
			return err
		}
	}
	if err := b.write("changelog.gz", []byte(b.debianChangelog())); err != nil {
		return err
	}
	return b.writeLicences()
}

// write writes a file of the packages, packed if its name ends in .gz.
func (b *build) write(name string, data []byte) error {
	if strings.HasSuffix(name, ".gz") {
		var buf bytes.Buffer
		zip, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := zip.Write(data); err != nil {
			return err
		}
		if err := zip.Close(); err != nil {
			return err
		}
		data = buf.Bytes()
	}
	return os.WriteFile(b.stage(name), data, 0o644)
}

// debianChangelog is the one entry that Debian's tools want to see of this version.
func (b *build) debianChangelog() string {
	return fmt.Sprintf("picotop (%s) stable; urgency=medium\n\n  * What changed is in CHANGELOG.md of the source.\n\n -- %s  %s\n",
		b.plainVersion(), b.maintainer, b.time.UTC().Format(time.RFC1123Z))
}
