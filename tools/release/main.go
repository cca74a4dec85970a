// Release builds what people install: for each architecture the program, a .deb, an
// .rpm, an Arch package and a .tar.gz, with their sums and a list of what they are made
// of. What packaging/nfpm.yaml says goes into all of them.
//
// Two runs of one commit give the same bytes: all times are those of the commit, and no
// path and no name of the machine goes in.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("release: ")
	var (
		version = flag.String("version", "", "version, such as v1.2.3; without it that of the last tag, or of the commit")
		by      = flag.String("maintainer", "", "who answers for the packages: Name <mail address>; without it who made the commit")
		out     = flag.String("out", "dist", "directory for what is built")
		archs   = flag.String("arch", "amd64,arm64,armhf", "architectures, by Debian's names")
		kinds   = flag.String("kinds", "deb,rpm,archlinux,tar.gz", "kinds of package")
		check   = flag.Bool("check", true, "run each program, under qemu where that is needed")
	)
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not understood; see what there is: ./release -help", flag.Arg(0))
	}
	if err := release(*version, *by, *out, split(*archs), split(*kinds), *check); err != nil {
		log.Fatal(err)
	}
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func release(version, maintainer, out string, archs, kinds []string, check bool) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	if !filepath.IsAbs(out) {
		out = filepath.Join(root, out)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	b, err := newBuild(root, version, maintainer)
	if err != nil {
		return err
	}
	defer os.RemoveAll(b.work)
	fmt.Printf("picotop %s, of %s\n", b.version, b.time.UTC().Format("2006-01-02 15:04:05"))

	if err := b.prepare(); err != nil {
		return err
	}
	var made []string
	for _, arch := range archs {
		t, ok := targets[arch]
		if !ok {
			return fmt.Errorf("there is no architecture %q; there are amd64, arm64 and armhf", arch)
		}
		files, err := b.target(t, kinds, out, check)
		if err != nil {
			return fmt.Errorf("%s: %w", arch, err)
		}
		made = append(made, files...)
	}
	bom, err := b.writeBOM(out)
	if err != nil {
		return err
	}
	made = append(made, bom)
	slices.Sort(made)
	return writeSums(out, made)
}

// target builds all for one architecture, and returns what it made.
func (b *build) target(t target, kinds []string, out string, check bool) ([]string, error) {
	if err := b.compile(t, b.stage("picotop")); err != nil {
		return nil, err
	}
	if check {
		if err := b.run(t); err != nil {
			return nil, fmt.Errorf("the program does not run: %w", err)
		}
	}
	var made []string
	for _, kind := range kinds {
		name, err := b.pack(t, kind, out)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		fmt.Printf("  %s\n", name)
		made = append(made, name)
	}
	return made, nil
}
