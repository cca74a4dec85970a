package main

import "runtime/debug"

// version is what the build says of itself: the module's version, or for a
// build from a checkout the commit.
func version() string {
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
