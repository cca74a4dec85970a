package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"picotop/history"
	"picotop/internal/host"
	"picotop/internal/romcode"
)

// Stdio is the name that stands for standard input or output.
const Stdio = "-"

// historyDir is where the history is below a data directory.
func historyDir(data string) string { return filepath.Join(data, "history") }

// HistoryInfo tells what is in the history below a data directory, and where that
// is.
func HistoryInfo(ctx context.Context, data string) (dir string, info history.Info, err error) {
	dir = historyDir(data)
	v, err := history.OpenView(dir)
	if err != nil {
		return dir, history.Info{}, err
	}
	defer v.Close()
	info, err = v.Info(ctx)
	return dir, info, err
}

// An ExportConfig says what to export, and where to.
type ExportConfig struct {
	Data     string
	Since    time.Time // the zero value means from the first
	Sensor   string    // name or ROM code; empty means all
	Format   history.Format
	File     string // name of the file to write; empty or [Stdio] means Out
	Force    bool   // overwrite the file
	Out      io.Writer
	Progress func(float64) // told from 0 to 1
}

// ExportHistory writes readings, and returns how many. A file is there only if it
// is whole.
func ExportHistory(ctx context.Context, cfg ExportConfig) (n uint64, err error) {
	if cfg.File == Stdio {
		cfg.File = ""
	}
	if err := refuseExisting(cfg); err != nil {
		return 0, err
	}
	v, err := history.OpenView(historyDir(cfg.Data))
	if err != nil {
		return 0, err
	}
	defer v.Close()
	sel := history.Selection{Since: cfg.Since}
	if cfg.Sensor != "" {
		if sel.Sensor, err = v.Sensor(ctx, cfg.Sensor); err != nil {
			return 0, err
		}
	}
	err = writeWhole(cfg.File, cfg.Out, func(w io.Writer) error {
		n, err = v.Export(ctx, w, cfg.Format, sel, cfg.Progress)
		return err
	})
	return n, err
}

// refuseExisting returns an error if the file is there already and is to stay.
func refuseExisting(cfg ExportConfig) error {
	if info, err := os.Stat(cfg.File); cfg.File != "" && !cfg.Force && err == nil && info.Mode().IsRegular() {
		return &FileError{Name: cfg.File, Err: fs.ErrExist}
	}
	return nil
}

// ImportHistory takes in the readings of a file, or of stdin if that is called
// [Stdio], while no picotop runs. progress is told from 0 to 1.
func ImportHistory(ctx context.Context, data, file string, stdin io.Reader, progress func(float64)) (history.Imported, error) {
	in := stdin
	if file != Stdio {
		f, err := os.Open(file)
		if err != nil {
			return history.Imported{}, err
		}
		defer f.Close()
		in = f
		if info, err := f.Stat(); err == nil && info.Size() > 0 {
			in = &countingReader{Reader: f, total: info.Size(), progress: progress}
		}
	}
	done, err := history.Import(ctx, history.Config{Dir: historyDir(data), Built: host.Built()}, in)
	if err != nil {
		return done, fmt.Errorf("importing %s: %w", file, err)
	}
	return done, nil
}

// A countingReader tells what part of a file has been read.
type countingReader struct {
	io.Reader
	n, total int64
	progress func(float64)
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	r.progress(min(1, float64(r.n)/float64(r.total)))
	return n, err
}

// A SameSensorError says that two names are of one sensor.
type SameSensorError struct{ A, B string }

func (e *SameSensorError) Error() string { return fmt.Sprintf("%s and %s are one sensor", e.A, e.B) }

// MergeHistory gives the history of a sensor to another one, while no picotop
// runs, and returns how many readings moved. Both are given by name or ROM code.
// agree is shown what will be done, and may refuse with an error, which is
// returned.
func MergeHistory(ctx context.Context, data, from, to string, agree func(history.MergePlan) error) (uint64, error) {
	dir := historyDir(data)
	old, merged, err := sensorCodes(ctx, dir, from, to)
	if err != nil {
		return 0, err
	}
	if old == merged {
		return 0, &SameSensorError{from, to}
	}
	return history.MergeSensors(ctx, history.Config{Dir: dir, Built: host.Built()}, old, merged, agree)
}

// ForgetSensor deletes all that is known of a sensor, given by name or ROM code,
// while no picotop runs. confirm is shown what will be deleted, and may refuse with
// an error, which is returned.
func ForgetSensor(ctx context.Context, data, sensor string, confirm func(history.SensorInfo) error) error {
	dir := historyDir(data)
	code, err := sensorCode(ctx, dir, sensor)
	if err != nil {
		return err
	}
	return history.ForgetSensor(ctx, history.Config{Dir: dir, Built: host.Built()}, code, confirm)
}

// sensorCode finds a sensor by ROM code or name. A ROM code that has no readings is
// returned as it is: something else may be known of it.
func sensorCode(ctx context.Context, dir, sensor string) (string, error) {
	v, err := history.OpenView(dir)
	if err != nil {
		return "", err
	}
	defer v.Close()
	code, err := v.Sensor(ctx, sensor)
	if _, ok := errors.AsType[*history.NoSensorError](err); ok && romcode.IsCode(sensor) {
		return romcode.Canonical(sensor), nil
	}
	return code, err
}

// sensorCodes finds two sensors by ROM code or name.
func sensorCodes(ctx context.Context, dir, a, b string) (codeA, codeB string, err error) {
	v, err := history.OpenView(dir)
	if err != nil {
		return "", "", err
	}
	defer v.Close()
	if codeA, err = v.Sensor(ctx, a); err != nil {
		return "", "", err
	}
	codeB, err = v.Sensor(ctx, b)
	return codeA, codeB, err
}

// StopHolder is the command that ends the program which has a history open, by its
// lock file; empty if it is not known.
func StopHolder(lock string) string {
	info, err := os.Stat(lock)
	if err != nil {
		return ""
	}
	proc := os.DirFS("/proc")
	pid, _ := host.FileLockOwner(proc, info)
	return host.PauseCommand(proc, pid, os.Getuid())
}
