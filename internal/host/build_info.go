package host

import (
	"runtime/debug"
	"time"
)

// Version is the version of the program: the one that a release was built with,
// or else what the build says of itself, which is the module's version, or for a
// build from a checkout the commit. release is empty for a build that is no
// release.
func Version(release string) string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
		if rev := set["vcs.revision"]; len(rev) >= 12 {
			v += "-" + rev[:12]
		}
		if set["vcs.modified"] == "true" {
			v += "+changes"
		}
	}
	return v
}

// Built is when the commit was made that this is built from; zero if the build
// does not say.
func Built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			at, _ := time.Parse(time.RFC3339, s.Value) // zero if it does not parse
			return at
		}
	}
	return time.Time{}
}
