package history

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A FileKind is what a file seems to be that holds nothing to import, in words.
type FileKind string

// The kinds of files.
const (
	EmptyFile      FileKind = "empty"
	CutFile        FileKind = "cut short in its first line"
	CompressedFile FileKind = "compressed, and not with gzip"
	CaptureFile    FileKind = "a capture of packets"
	DatabaseFile   FileKind = "a database"
	UTF16File      FileKind = "text in UTF-16"
	BinaryFile     FileKind = "no text"
	WebPageFile    FileKind = "a web page"
	JSONFile       FileKind = "JSON"
	MetricsPage    FileKind = "a page /metrics: it says what is now, without times"
	SemicolonTable FileKind = "a table with semicolons, as some spreadsheets write it"
	OtherTable     FileKind = "a table with other columns"
	OtherMetrics   FileKind = "metrics of something else"
	OtherText      FileKind = "some other text"
	AllLeftOut     FileKind = "readings of which none can be taken in"
)

// A FileError says that nothing in a file can be imported. Nothing was changed.
type FileError struct {
	Kind FileKind
	Done Imported // why each line was left out, if it came to that
}

func (e *FileError) Error() string {
	return fmt.Sprintf("nothing is taken in: it seems to be %s", e.Kind)
}

// A LineError says that a file cannot be understood. Nothing was changed.
type LineError struct {
	Line int // counted from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, oneLine(e.Err)) }
func (e *LineError) Unwrap() error { return e.Err }

// maxLine bounds a line, and a row of a table that spans several.
const maxLine = 1 << 16

// An importSource reads a file line by line, and unpacks it if it is compressed
// with gzip.
type importSource struct {
	in     *bufio.Reader
	line   int  // number of the last line, from 1
	packed bool // it was compressed
	cut    bool // it ended in the middle of a line, or of what is compressed
}

// openSource looks at the beginning of a file. It returns a [*FileError] for what
// is none to import.
func openSource(from io.Reader) (*importSource, error) {
	s := &importSource{in: bufio.NewReaderSize(from, maxLine)}
	if start, _ := s.in.Peek(2); string(start) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(s.in)
		if err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		s.in, s.packed = bufio.NewReaderSize(unpacked, maxLine), true
	}
	start, err := s.in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading: %w", err)
	}
	if kind := sniff(start); kind != "" {
		return nil, &FileError{Kind: kind}
	}
	if bytes.HasPrefix(start, []byte("\ufeff")) { // a byte order mark
		_, err = s.in.Discard(len("\ufeff"))
		return s, err
	}
	return s, nil
}

// sniff tells what a file is that holds no lines of readings by how it begins;
// empty if it may hold some.
func sniff(start []byte) FileKind {
	kinds := []struct {
		magic string
		kind  FileKind
	}{
		{"PK\x03\x04", CompressedFile},
		{"\xfd7zXZ", CompressedFile},
		{"\x28\xb5\x2f\xfd", CompressedFile}, // zstd
		{"BZh", CompressedFile},
		{"\x1f\x8b", CompressedFile}, // twice
		{"\xd4\xc3\xb2\xa1", CaptureFile},
		{"\xa1\xb2\xc3\xd4", CaptureFile},
		{"\x4d\x3c\xb2\xa1", CaptureFile},
		{"\xa1\xb2\x3c\x4d", CaptureFile},
		{"\x0a\x0d\x0d\x0a", CaptureFile},
		{"SQLite format 3", DatabaseFile},
		{"\xba\xaa\xd7\x00", DatabaseFile}, // an index of a TSDB
		{"\xff\xfe", UTF16File},
		{"\xfe\xff", UTF16File},
	}
	for _, k := range kinds {
		if bytes.HasPrefix(start, []byte(k.magic)) {
			return k.kind
		}
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
	after := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("{")))
	switch {
	case len(text) == 0 && len(start) < 512:
		return EmptyFile
	case bytes.IndexByte(start, 0) >= 0:
		return BinaryFile
	case text[0] == '<':
		return WebPageFile
	case text[0] == '[', text[0] == '{' && len(after) > 0 && after[0] == '"':
		return JSONFile
	}
	return ""
}

// next returns the next line that is whole, without its end, or io.EOF. What
// comes after the last line end is no whole line: the file may have been cut
// there.
func (s *importSource) next() (string, error) {
	line, err := s.in.ReadSlice('\n')
	switch {
	case err == nil:
		s.line++
		return strings.TrimRight(string(line), "\r\n"), nil
	case errors.Is(err, bufio.ErrBufferFull):
		return "", &LineError{s.line + 1, fmt.Errorf("it is longer than %d bytes", maxLine)}
	case errors.Is(err, io.EOF):
		s.cut = s.cut || len(bytes.TrimSpace(line)) > 0
		if text := strings.TrimSpace(string(line)); text == endOfFile {
			s.cut, s.line = false, s.line+1
			return text, nil
		}
		return "", io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF) && s.packed:
		s.cut = true
		return "", io.EOF
	case s.packed:
		return "", fmt.Errorf("unpacking: %w", err)
	}
	return "", fmt.Errorf("reading: %w", err)
}

// endOfFile is the last line of OpenMetrics.
const endOfFile = "# EOF"

// nextRow is next for a table, where a row in quotes may span several lines. It
// returns the number of its first line too.
func (s *importSource) nextRow() (row string, line int, err error) {
	row, err = s.next()
	line = s.line
	for err == nil && strings.Count(row, `"`)%2 == 1 {
		var more string
		if more, err = s.next(); err == nil {
			row += "\n" + more
		} else if errors.Is(err, io.EOF) {
			s.cut = true
		}
		if len(row) > maxLine {
			return "", line, &LineError{line, fmt.Errorf("it is longer than %d bytes", maxLine)}
		}
	}
	return row, line, err
}
