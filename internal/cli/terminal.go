package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// terminalOf returns what is read or written as the terminal that it is, nil if it
// is none.
func terminalOf(stream any) *os.File {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return nil
	}
	return f
}

// onTerminal reports whether there is a person at the other end.
func onTerminal(p Program) bool { return terminalOf(p.In) != nil && terminalOf(p.Out) != nil }

// keyboard returns where keys are read from: standard input, or where that is a pipe
// the terminal of this process, which done closes. It is nil if there is none.
func keyboard(p Program) (keys *os.File, done func()) {
	if f := terminalOf(p.In); f != nil {
		return f, func() {}
	}
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, nil
	}
	return f, func() { _ = f.Close() }
}

// asciiLocale reports whether the locale cannot show more than ASCII. A
// terminal with no locale at all is taken to be a modern one.
func asciiLocale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			return !isUTF8(v)
		}
	}
	return false
}

// isUTF8 knows the ways in which locales are written: en_GB.UTF-8, C.utf8.
func isUTF8(locale string) bool {
	charset := []byte(filepath.Ext(locale))
	charset = slices.DeleteFunc(charset, func(b byte) bool { return b == '-' || b == '.' })
	return len(charset) >= 4 && (string(charset[:4]) == "UTF8" || string(charset[:4]) == "utf8")
}

// A rawWriter writes to a terminal that does not begin new lines at the left
// by itself.
type rawWriter struct{ io.Writer }

func (w rawWriter) Write(b []byte) (int, error) {
	_, err := w.Writer.Write(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")))
	return len(b), err
}

// keyByKey makes a terminal hand on each key at once. restore makes it what it
// was.
func keyByKey(tty *os.File) (restore func()) {
	was, err := term.MakeRaw(tty.Fd())
	if err != nil {
		return func() {}
	}
	return func() { _ = term.Restore(tty.Fd(), was) }
}

// pressed reports whether a key was pressed, and takes it.
func pressed(tty *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(tty.Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	if n < 1 || err != nil {
		return false
	}
	var key [16]byte
	_, err = io.ReadAtLeast(tty, key[:], 1)
	return err == nil
}
