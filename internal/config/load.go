package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"unicode/utf8"

	"picotop/internal/format"
)

// maxFile is how long a file may be, in bytes. A house of 500 sensors needs a tenth.
const maxFile = 1 << 20

// Load reads a file.
// Its error is an [Errors]. An empty path is no file, and gives the [Default].
func Load(path string, known Known) (*File, error) {
	if path == "" || path == os.DevNull {
		return Default(), nil
	}
	b, err := read(path)
	if err != nil {
		return nil, Errors{err}
	}
	return Parse(path, b, known)
}

// read reads all of a file that can be one.
func read(path string) ([]byte, *Error) {
	fail := func(cause, hint string, err error) ([]byte, *Error) {
		return nil, &Error{File: path, Cause: cause, Hint: hint, Err: err}
	}
	name := format.ShellQuote(path)
	// A named pipe would keep the program waiting for whoever writes to it.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail("there is no such file", "write one: picotop config example > "+name, err)
	case errors.Is(err, fs.ErrPermission):
		return fail("it may not be read by the user that picotop runs as",
			"let everyone read it, and keep passwords in files of their own (url_file): sudo chmod 644 "+name, err)
	case err != nil:
		return fail(cause(err), "see what is there: ls -l "+name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return fail(cause(err), "", err)
	case info.IsDir():
		return fail("it is a directory, not a file", "name the file in it: ls -l "+name, nil)
	case !info.Mode().IsRegular():
		return fail("it is not an ordinary file", "see what it is: ls -l "+name, nil)
	case info.Size() > maxFile:
		return fail(fmt.Sprintf("it is %s long, and 1 MB is the most", format.Bytes(info.Size())), "is it the right file? see what is in it: head "+name, nil)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return fail(cause(err), "see what the system says of the disk: sudo dmesg | tail -n 20", err)
	case len(b) > maxFile:
		return fail("it is longer than 1 MB", "is it the right file? see what is in it: head "+name, nil)
	case len(bytes.TrimSpace(b)) == 0:
		return fail("it is empty", "write it anew: picotop config example > "+name+"; or do without one: rm "+name, nil)
	}
	return b, nil
}

// cause is what the system said, without the name of the file.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return err.Error()
}

// Parse reads what stands in a file. Its error is an [Errors]. path is for the errors
// and for secrets beside it.
func Parse(path string, b []byte, known Known) (*File, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if e := foreign(path, b); e != nil {
		return nil, Errors{e}
	}
	r := &reader{file: Default(), known: known}
	r.file.Path = path
	tree, syntax := parseAll(b)
	r.errs, r.torn = syntax, len(syntax) > 0
	r.top(tree)
	for _, e := range r.errs {
		e.File = path
	}
	if len(r.errs) > 0 {
		return nil, r.errs.sorted()
	}
	return r.file, nil
}

// foreign finds what is no text.
func foreign(path string, b []byte) *Error {
	name := format.ShellQuote(path)
	start := bytes.TrimSpace(b)
	another := func(what string) *Error {
		return &Error{
			File: path, Line: 1, Cause: "this is " + what + ", and the file has to be TOML: lines of KEY = VALUE",
			Hint: "begin with an example: picotop config example > " + name,
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		return &Error{File: path, Line: 1, Cause: "it is written in UTF-16, as some editors on Windows do", Hint: "save it as UTF-8, or: iconv -f UTF-16 -t UTF-8 " + name + " > new.toml"}
	case bytes.HasPrefix(start, []byte("{")):
		return another("JSON")
	case bytes.HasPrefix(start, []byte("<")):
		return another("HTML or XML")
	case bytes.HasPrefix(start, []byte("---")):
		return another("YAML")
	case bytes.IndexByte(b, 0) >= 0:
		return &Error{File: path, Line: 1 + bytes.Count(b[:bytes.IndexByte(b, 0)], []byte("\n")), Cause: "it is no text: there is a zero byte in it", Hint: "is it the right file? see what it is: file " + name}
	case !utf8.Valid(b):
		line := 1
		for rest := b; len(rest) > 0; {
			r, n := utf8.DecodeRune(rest)
			if r == utf8.RuneError && n == 1 {
				break
			}
			if r == '\n' {
				line++
			}
			rest = rest[n:]
		}
		return &Error{File: path, Line: line, Cause: "a letter here is not written in UTF-8", Hint: "save it as UTF-8, or: iconv -f LATIN1 -t UTF-8 " + name + " > new.toml"}
	}
	return nil
}
