package app

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"picotop/ui"
)

// maxExports is how many files of one name and minute there may be.
const maxExports = 99

// exportChart writes what a chart shows into a new file in a directory, which is named
// by an absolute path if it can be. No file is ever overwritten.
func exportChart(dir string, now time.Time, table ui.Export) (path string, err error) {
	name := "picotop-" + fileName(table.Name) + "-" + now.Format("2006-01-02-1504")
	for n := range maxExports {
		path = filepath.Join(dir, name+".csv")
		if n > 0 {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d.csv", name, n+1))
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		if err := errors.Join(csv.NewWriter(f).WriteAll(table.Rows), f.Close()); err != nil {
			return "", errors.Join(err, os.Remove(path))
		}
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		return path, nil
	}
	return "", fmt.Errorf("%s.csv and %d more are there already", name, maxExports-1)
}

// fileName makes a text one that any file system takes, and a shell: letters and digits,
// and "-" for all else.
func fileName(text string) string {
	const most = 64 // runes, so that the whole name stays below 255 bytes
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, text)
	runes := []rune(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' }), "-"))
	for len(runes) > most || len(string(runes)) > 200 {
		runes = runes[:len(runes)-1]
	}
	if len(runes) == 0 {
		return "sensor"
	}
	return string(runes)
}
