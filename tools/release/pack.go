package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/arch" // registers itself, as the next two
	_ "github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// pack makes one package, and returns its name.
func (b *build) pack(t target, kind, out string) (string, error) {
	config, err := b.description(t)
	if err != nil {
		return "", err
	}
	as := kind
	if kind == "tar.gz" { // it has what a .deb has
		as = "deb"
	}
	info, err := config.Get(as)
	if err != nil {
		return "", err
	}
	info = nfpm.WithDefaults(info)
	info.MTime = b.time
	if err := nfpm.PrepareForPackager(info, as); err != nil {
		return "", err
	}
	if kind == "tar.gz" {
		name := fmt.Sprintf("picotop_%s_%s.tar.gz", b.plainVersion(), t.name)
		return name, writeFile(filepath.Join(out, name), func(w io.Writer) error { return b.tarball(info, w) })
	}
	packager, err := nfpm.Get(kind)
	if err != nil {
		return "", err
	}
	name := packager.ConventionalFileName(info)
	return name, writeFile(filepath.Join(out, name), func(w io.Writer) error { return packager.Package(info, w) })
}

// description reads packaging/nfpm.yaml.
func (b *build) description(t target) (*nfpm.Config, error) {
	packaging := filepath.Join(b.root, "packaging")
	f, err := os.Open(filepath.Join(packaging, "nfpm.yaml"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	values := map[string]string{
		"ARCH": t.pack, "VERSION": b.plainVersion(), "MAINTAINER": b.maintainer,
		"STAGE": filepath.Join(b.work, "stage"), "PACKAGING": packaging, "DOCS": filepath.Join(b.root, "docs"),
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	filled := os.Expand(string(text), func(name string) string { return values[name] })
	config, err := nfpm.Parse(strings.NewReader(filled))
	return &config, err
}

// tarball writes the same files, below a directory of their own, for systems without
// such packages.
func (b *build) tarball(info *nfpm.Info, w io.Writer) error {
	zip, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	tw := tar.NewWriter(zip)
	top := fmt.Sprintf("picotop-%s/", b.plainVersion())
	for _, c := range info.Contents {
		if c.Type == files.TypeDir || c.Type == files.TypeImplicitDir || strings.Contains(c.Destination, "lintian") {
			continue
		}
		if err := addFile(tw, top+strings.TrimPrefix(c.Destination, "/"), c, b); err != nil {
			return err
		}
	}
	if err := tw.Close(); err != nil {
		return err
	}
	return zip.Close()
}

func addFile(tw *tar.Writer, name string, c *files.Content, b *build) error {
	data, err := os.ReadFile(c.Source)
	if err != nil {
		return err
	}
	header := &tar.Header{
		Name: name, Mode: int64(c.FileInfo.Mode.Perm()), Size: int64(len(data)), ModTime: b.time,
		Typeflag: tar.TypeReg, Uname: "root", Gname: "root", Format: tar.FormatPAX,
	}
	if err := tw.WriteHeader(header); err != nil {
		return err
	}
	_, err = tw.Write(data)
	return err
}

// writeSums writes SHA256SUMS, as sha256sum -c reads it.
func writeSums(out string, names []string) error {
	return writeFile(filepath.Join(out, "SHA256SUMS"), func(w io.Writer) error {
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(out, name))
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%x  %s\n", sha256.Sum256(data), name)
		}
		return nil
	})
}

// writeFile makes a file of what fill writes.
func writeFile(path string, fill func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
