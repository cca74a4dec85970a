package history

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"picotop/internal/romcode"
)

// A Format is how samples are written for other programs.
type Format string

// The formats.
const (
	CSV         Format = "csv"         // with a header, and names as they are sent; for spreadsheets, and for Import
	OpenMetrics Format = "openmetrics" // for promtool, and for Import
)

// Formats lists every Format.
func Formats() []Format { return []Format{CSV, OpenMetrics} }

// A Selection is a part of a history.
type Selection struct {
	Since  time.Time // zero means all
	Sensor string    // ROM code; empty means all
}

// Export writes the samples of a selection, series by series, each in order of
// time. It calls progress, unless that is nil, with the fraction of the chunks
// that it has been through.
func (v *View) Export(ctx context.Context, to io.Writer, f Format, sel Selection, progress func(float64)) (samples uint64, err error) {
	sel.Sensor = romcode.Canonical(sel.Sensor)
	from := int64(math.MinInt64)
	if !sel.Since.IsZero() {
		from = sel.Since.UnixMilli()
	}
	all := 0
	if progress != nil {
		if err := v.chunks(ctx, from, math.MaxInt64, func(*series, chunks.Meta) error { all++; return nil }); err != nil {
			return 0, err
		}
	}
	w := newSampleWriter(to, f, readSentNames(v.dir))
	var it chunkenc.Iterator
	n := 0
	err = v.chunks(ctx, from, math.MaxInt64, func(ser *series, m chunks.Meta) error {
		if n++; progress != nil {
			progress(float64(n) / float64(max(all, 1)))
		}
		if sel.Sensor != "" && ser.sensor != sel.Sensor {
			return nil
		}
		it = m.Chunk.Iterator(it)
		for it.Next() == chunkenc.ValFloat {
			at, celsius := it.At()
			if at < from {
				continue
			}
			samples++
			if err := w.write(point{ser, at, celsius}); err != nil {
				return fmt.Errorf("writing: %w", err)
			}
		}
		return it.Err()
	})
	return samples, errors.Join(err, w.close())
}

// sampleWriter writes samples in one of the formats.
type sampleWriter struct {
	out    *bufio.Writer
	format Format
	rows   *csv.Writer

	sent   sentNames
	series *series // of the last sample,
	row    csvRow  // and how it is written as CSV,
	name   string  // or as OpenMetrics
}

func newSampleWriter(to io.Writer, f Format, sent sentNames) *sampleWriter {
	w := &sampleWriter{out: bufio.NewWriterSize(to, 1<<16), format: f, sent: sent}
	if f == CSV {
		w.rows = csv.NewWriter(w.out)
		_ = w.rows.Write(csvColumns) // close returns the error
	} else {
		fmt.Fprintf(w.out, "# HELP %s Temperature in degrees Celsius.\n# TYPE %s gauge\n", metricName, metricName)
	}
	return w
}

func (w *sampleWriter) write(p point) error {
	celsius := strconv.FormatFloat(p.celsius, 'g', -1, 64)
	if w.series != p.series {
		w.series = p.series
		w.row = newCSVRow(p.series, w.sent.of(p.series))
		w.name = fmt.Sprintf("%s{%s=%s,%s=%s,%s=%s}", metricName,
			friendlyLabel, quoteLabel(p.series.friendlyName), sensorLabel, quoteLabel(p.series.sensor), nameLabel, quoteLabel(p.series.sensorName))
	}
	if w.format == CSV {
		return w.rows.Write(w.row.set(p.at, celsius))
	}
	_, err := fmt.Fprintf(w.out, "%s %s %d.%03d\n", w.name, celsius, floorDiv(p.at, 1000), p.at-floorDiv(p.at, 1000)*1000)
	return err
}

func (w *sampleWriter) close() error {
	if w.format == CSV {
		w.rows.Flush()
		return errors.Join(w.rows.Error(), w.out.Flush())
	}
	fmt.Fprintln(w.out, "# EOF")
	return w.out.Flush()
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func quoteLabel(s string) string { return `"` + labelEscapes.Replace(s) + `"` }
