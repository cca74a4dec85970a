package history

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

// guessMark tells from what is in a directory without a mark whose it is. It
// returns [ErrForeign] for what a Prometheus keeps there, and for what cannot be
// told.
func guessMark(dir string) (mark, error) {
	blocks, err := blockNames(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return unmarked, nil
	}
	if err != nil {
		return unmarked, err
	}
	if _, err := os.Stat(filepath.Join(dir, walName)); errors.Is(err, fs.ErrNotExist) && len(blocks) == 0 {
		return unmarked, nil
	}
	for _, name := range []string{rosterName, rollupStateName, quarantineName} {
		if exists(filepath.Join(dir, name)) {
			return markLost, nil
		}
	}
	found := foundSeries{}
	for _, name := range blocks {
		_ = catchReadPanic(func() error { found.readBlock(filepath.Join(dir, name)); return nil })
	}
	for _, name := range []string{walName, wlog.WblDirName} {
		found.readLog(filepath.Join(dir, name))
	}
	if found.foreign || !found.any {
		return unmarked, ErrForeign
	}
	return markLost, nil
}

// foundSeries is what the series in a directory say of who wrote them. What
// cannot be read says nothing.
type foundSeries struct {
	any     bool // a block or a segment of a log was read
	foreign bool // some series is none of ours
}

// see takes in metric and label names. A Prometheus that watches picotop has our
// metrics too, but tells of each where it got it from, and has others besides.
func (f *foundSeries) see(metrics, labelNames []string) {
	f.any = true
	for _, m := range metrics {
		_, ours := metricHelp[m]
		f.foreign = f.foreign || !ours
	}
	for _, l := range labelNames {
		f.foreign = f.foreign || l == "job" || l == "instance"
	}
}

func (f *foundSeries) readBlock(dir string) {
	ir, err := rawBlock(dir).Index()
	if err != nil {
		return
	}
	defer ir.Close()
	metrics, err := ir.LabelValues(context.Background(), metricLabel, nil)
	if err != nil {
		return
	}
	names, err := ir.LabelNames(context.Background())
	if err != nil {
		return
	}
	f.see(metrics, names)
}

func (f *foundSeries) readLog(dir string) {
	dirs := []string{dir}
	if checkpoint, _, err := wlog.LastCheckpoint(dir); err == nil {
		dirs = append(dirs, checkpoint)
	}
	for _, dir := range dirs {
		first, last, err := wlog.Segments(dir)
		for i := first; err == nil && i >= 0 && i <= last; i++ {
			f.readSegment(wlog.SegmentName(dir, i))
		}
	}
}

func (f *foundSeries) readSegment(path string) {
	if !exists(path) {
		return
	}
	f.any = true
	decoder := record.NewDecoder(labels.NewSymbolTable(), slog.New(slog.DiscardHandler))
	_ = readSegment(path, func(rec []byte) error { // an error is damage, and there may be some
		if decoder.Type(rec) != record.Series {
			return nil
		}
		list, err := decoder.Series(rec, nil)
		if err != nil {
			return err
		}
		for _, ser := range list {
			var names []string
			ser.Labels.Range(func(l labels.Label) { names = append(names, l.Name) })
			f.see([]string{ser.Labels.Get(metricLabel)}, names)
		}
		return nil
	})
}
