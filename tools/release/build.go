package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A target is an architecture, and what it is called by Go, nfpm and qemu.
type target struct {
	name, goarch, goarm string
	pack                string // nfpm's name
	emulator            string // that runs it on other machines
}

var targets = map[string]target{
	"amd64": {name: "amd64", goarch: "amd64", pack: "amd64", emulator: "qemu-x86_64-static"},
	"arm64": {name: "arm64", goarch: "arm64", pack: "arm64", emulator: "qemu-aarch64-static"},
	// The first Pi and the Zero have the oldest of these processors.
	"armhf": {name: "armhf", goarch: "arm", goarm: "6", pack: "arm6", emulator: "qemu-arm-static"},
}

// A build is one release in the making.
type build struct {
	root    string    // of the checkout
	work    string    // a temporary directory
	version string    // with a v
	time    time.Time // of the commit
	host    string    // the program for this machine

	maintainer string // who answers for the packages, with a mail address
}

// stage is the path of a file that goes into the packages.
func (b *build) stage(name string) string { return filepath.Join(b.work, "stage", name) }

// plainVersion is the version as packages have it.
func (b *build) plainVersion() string { return strings.TrimPrefix(b.version, "v") }

// findRoot is the checkout that holds this program.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "packaging", "nfpm.yaml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("this is no checkout of picotop; run ./release in one")
		}
		dir = filepath.Dir(dir)
	}
}

func newBuild(root, version, maintainer string) (*build, error) {
	b := &build{root: root, version: version, maintainer: maintainer}
	if err := b.date(); err != nil {
		return nil, err
	}
	if b.version == "" {
		b.version = b.describe()
	}
	if b.maintainer == "" {
		b.maintainer = "nobody <root@localhost>"
		if by, err := b.git("log", "-1", "--format=%cn <%ce>"); err == nil {
			b.maintainer = by
		}
	}
	var err error
	if b.work, err = os.MkdirTemp("", "picotop-release-"); err != nil {
		return nil, err
	}
	return b, os.Mkdir(filepath.Join(b.work, "stage"), 0o755)
}

// date finds out when the source was made: when it was committed, or of an archive,
// which has no commits, when its list of changes was.
func (b *build) date() error {
	if seconds, err := b.git("log", "-1", "--format=%ct"); err == nil {
		unix, err := strconv.ParseInt(seconds, 10, 64)
		b.time = time.Unix(unix, 0)
		return err
	}
	info, err := os.Stat(filepath.Join(b.root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	b.time = info.ModTime().Truncate(time.Second)
	return nil
}

// describe is the version of the commit: its tag, or else one that is older than each
// release, with the date and the commit.
func (b *build) describe() string {
	if tag, err := b.git("describe", "--tags", "--exact-match", "--match=v[0-9]*"); err == nil {
		return tag
	}
	commit, err := b.git("rev-parse", "--short=12", "HEAD")
	if err != nil {
		commit = "unknown"
	}
	return "v0.0.0~" + b.time.UTC().Format("20060102") + "." + commit
}

func (b *build) git(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = b.root
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

// compile builds the program for a target.
func (b *build) compile(t target, to string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -buildid= -X main.version="+b.version, "-o", to, ".")
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS=linux", "GOARCH="+t.goarch, "GOARM="+t.goarm)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// hostTarget is this machine.
func hostTarget() target {
	for _, t := range targets {
		if t.goarch == runtime.GOARCH {
			return t
		}
	}
	return target{goarch: runtime.GOARCH}
}
