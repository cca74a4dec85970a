package config

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// parseAll reads a file, with what is wrong with its form. A line with a mistake is
// left out and the rest read again, so that one mistake does not hide the others.
func parseAll(b []byte) (*node, Errors) {
	lines := bytes.SplitAfter(b, []byte("\n"))
	var errs Errors
	for len(errs) < MaxErrors {
		var all map[string]any
		err := toml.Unmarshal(bytes.Join(lines, nil), &all)
		if err == nil {
			return parse(bytes.Join(lines, nil)), errs
		}
		at := 1
		broken, ok := errors.AsType[*toml.DecodeError](err)
		if ok {
			at, _ = broken.Position()
		}
		at = min(max(at, 1), len(lines))
		line := string(bytes.TrimSpace(lines[at-1]))
		errs = append(errs, explain(at, line, strings.TrimPrefix(err.Error(), "toml: ")))
		if !ok || line == "" || strings.Contains(err.Error(), "array") && !strings.HasPrefix(valueOf(line), "[") || !blank(lines, at-1) {
			break
		}
	}
	return newTable(0), errs
}

// blank takes a line out, and what is below it if it began a section. It reports false
// where a value goes over several lines: nobody can tell which of them are to go.
func blank(lines [][]byte, at int) bool {
	header := bytes.HasPrefix(bytes.TrimSpace(lines[at]), []byte("["))
	if value := valueOf(string(lines[at])); !header && (strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{") ||
		strings.Contains(value, `"""`) || strings.Contains(value, "'''")) && !strings.HasSuffix(value, "]") && !strings.HasSuffix(value, "}") {
		return false
	}
	if !header && !bytes.Contains(lines[at], []byte("=")) && at > 0 && opens(lines[:at]) {
		return false
	}
	lines[at] = []byte("\n")
	for i := at + 1; header && i < len(lines) && !bytes.HasPrefix(bytes.TrimSpace(lines[i]), []byte("[")); i++ {
		lines[i] = []byte("\n")
	}
	return true
}

// opens reports whether the last line that is not blank leaves a list open.
func opens(lines [][]byte) bool {
	for i := len(lines) - 1; i >= 0; i-- {
		if l := bytes.TrimSpace(lines[i]); len(l) > 0 {
			return bytes.HasSuffix(l, []byte(",")) || bytes.HasSuffix(l, []byte("[")) || bytes.HasSuffix(l, []byte("{"))
		}
	}
	return false
}

func valueOf(line string) string {
	_, value, _ := strings.Cut(line, "=")
	return strings.TrimSpace(value)
}
