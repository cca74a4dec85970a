package history

import (
	"bufio"
	"errors"
	"io"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb/wlog"
)

// pageBytes is the size of a page of a log, of which no record crosses the end. The last
// page of a file may be short.
const pageBytes = 32 << 10

// readSegment visits the records of one file of a log. A record is whole within
// one. Damage is a [wlog.CorruptionErr], which says how far the file was read.
func readSegment(path string, visit func([]byte) error) error {
	segment, err := wlog.OpenReadSegment(path)
	if err != nil {
		return err
	}
	defer segment.Close()
	from := &pageReader{file: bufio.NewReaderSize(segment, pageBytes)}
	return catchReadPanic(func() error {
		r := wlog.NewReader(from)
		for r.Next() {
			if err := visit(r.Record()); err != nil {
				return err
			}
		}
		if damage, ok := errors.AsType[*wlog.CorruptionErr](r.Err()); ok {
			return &wlog.CorruptionErr{
				Dir: filepath.Dir(path), Segment: segment.Index(), Offset: from.offset, Err: damage.Err,
			}
		}
		return r.Err()
	})
}

// A pageReader reads a file of a log, and zeros after its end up to that of the page. The
// library's own takes half a megabyte for each file, and there is one for each start of
// the last hours.
type pageReader struct {
	file   *bufio.Reader
	offset int64 // of what comes next
}

func (r *pageReader) Read(b []byte) (int, error) {
	n, err := r.file.Read(b)
	r.offset += int64(n)
	rest := int(-r.offset & (pageBytes - 1))
	if !errors.Is(err, io.EOF) || rest == 0 {
		return n, err
	}
	zeros := min(rest, len(b)-n)
	clear(b[n : n+zeros])
	r.offset += int64(zeros)
	return n + zeros, nil
}
