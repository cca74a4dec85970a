package doctor

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// readReversePathModes reads the mode of the filter that holds for each
// interface.
func readReversePathModes(proc fs.FS, links []link) (map[string]int, error) {
	read := func(name string) (int, error) {
		text, err := fs.ReadFile(proc, path.Join("sys/net/ipv4/conf", name, "rp_filter"))
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(strings.TrimSpace(string(text)))
	}
	all, err := read("all")
	if err != nil {
		return nil, fmt.Errorf("reading the reverse-path filter: %w", err)
	}
	modes := map[string]int{}
	for _, l := range links {
		if own, err := read(l.Name); err == nil {
			modes[l.Name] = max(all, own)
		}
	}
	return modes, nil
}
