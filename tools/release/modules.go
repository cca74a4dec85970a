package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// A module is one that is linked into the program.
type module struct {
	*debug.Module
	dir string
}

// modules are those that the program is made of, by path.
func (b *build) modules() ([]module, error) {
	info, err := buildinfo.ReadFile(b.host)
	if err != nil {
		return nil, err
	}
	dirs, err := b.moduleDirs()
	if err != nil {
		return nil, err
	}
	var all []module
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		all = append(all, module{m, dirs[m.Path]})
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// moduleDirs are the directories of all modules, by path.
func (b *build) moduleDirs() (map[string]string, error) {
	cmd := exec.Command("go", "list", "-m", "-json", "all")
	cmd.Dir = b.root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	dirs := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var m struct{ Path, Dir string }
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return dirs, nil
		} else if err != nil {
			return nil, err
		}
		dirs[m.Path] = m.Dir
	}
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright)`)

// writeLicences writes the copyright file, and the licences of all that is linked in,
// which most of them ask for.
func (b *build) writeLicences() error {
	own, err := os.ReadFile(filepath.Join(b.root, "LICENSE"))
	if err != nil {
		return err
	}
	var copyright strings.Builder
	copyright.WriteString("picotop\n\n")
	copyright.Write(own)
	copyright.WriteString("\nThe libraries that are linked into the program, each under the licence that stands\nin licenses.gz beside this file:\n\n")
	modules, err := b.modules()
	if err != nil {
		return err
	}
	var all bytes.Buffer
	for _, m := range modules {
		fmt.Fprintf(&copyright, "%s %s\n", m.Path, m.Version)
		entries, err := os.ReadDir(m.dir)
		if err != nil {
			return fmt.Errorf("the source of %s: %w", m.Path, err)
		}
		found := false
		for _, e := range entries {
			if e.IsDir() || !licenceFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(m.dir, e.Name()))
			if err != nil {
				return err
			}
			fmt.Fprintf(&all, "== %s %s: %s\n\n%s\n\n", m.Path, m.Version, e.Name(), bytes.TrimSpace(text))
			found = true
		}
		if !found {
			return fmt.Errorf("%s has no licence", m.Path)
		}
	}
	if err := b.write("copyright", []byte(copyright.String())); err != nil {
		return err
	}
	return b.write("licenses.gz", all.Bytes())
}

// writeBOM writes what the program is made of, as CycloneDX.
func (b *build) writeBOM(out string) (string, error) {
	modules, err := b.modules()
	if err != nil {
		return "", err
	}
	bom := cdx.NewBOM()
	program := cdx.Component{
		BOMRef: "pkg:golang/picotop@" + b.version, Type: cdx.ComponentTypeApplication,
		Name: "picotop", Version: b.version, PackageURL: "pkg:golang/picotop@" + b.version,
		Licenses: &cdx.Licenses{{License: &cdx.License{ID: "MIT"}}},
	}
	bom.Metadata = &cdx.Metadata{Timestamp: b.time.UTC().Format("2006-01-02T15:04:05Z"), Component: &program}
	var components []cdx.Component
	var refs []string
	for _, m := range modules {
		url := "pkg:golang/" + m.Path + "@" + m.Version
		refs = append(refs, url)
		components = append(components, cdx.Component{
			BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: url,
		})
	}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: program.BOMRef, Dependencies: &refs}}

	name := "picotop_" + b.plainVersion() + ".cdx.json"
	f, err := os.Create(filepath.Join(out, name))
	if err != nil {
		return "", err
	}
	if err := cdx.NewBOMEncoder(f, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		f.Close()
		return "", err
	}
	return name, f.Close()
}
