package history

import (
	"context"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"picotop/internal/romcode"
)

// An ImportReason says why a reading in a file was left out.
type ImportReason string

// The reasons for leaving out a reading of a file.
const (
	OutOfRange ImportReason = "out_of_range" // no DS18B20 can measure it: -55 to 125 °C
	NoNumber   ImportReason = "no_number"    // it is "not a number", as Prometheus marks an end
	InFuture   ImportReason = "in_future"
	TooEarly   ImportReason = "too_early"    // before any such sensor was read: a time that was cut
	OutOfOrder ImportReason = "out_of_order" // a later one of the sensor came before it
	Repeated   ImportReason = "repeated"     // so did one of the same time
)

// LeftOut counts the readings of a file that were left out for one reason.
type LeftOut struct {
	Reason ImportReason
	Count  uint64
	Line   int // the first of them, counted from 1
}

// Imported counts what became of the lines of a file.
type Imported struct {
	Samples        uint64 // taken in
	Oldest, Newest time.Time
	Refused        uint64    // readings left out
	LeftOut        []LeftOut // why, each reason once, in the order of their lines
	Others         uint64    // lines of other metrics

	// Lone counts readings that were taken in, and are what a sensor says that
	// could not measure: 85, 0 or -0.0625 more than 10 degrees away from the one
	// before and the one after. LoneLine is the first of them.
	Lone     uint64
	LoneLine int

	// CutShort says that the file has no proper end, so that there was more. Of
	// its last line nothing is taken unless that is whole.
	CutShort bool
}

// earliest is before any time with fewer digits than today's, in Unix ms: one of
// whose digits were cut off is earlier.
const earliest = 1_000_000_000_000 // September 2001

// What a DS18B20 can measure, in °C, by its data sheet.
const (
	minCelsius = -55
	maxCelsius = 125
)

// An importer takes readings of a file into blocks.
type importer struct {
	w    *blockWriter
	now  int64 // Unix ms; later readings are refused
	done Imported

	series    map[[3]string]*importedSeries // by sensor, as it is spelt, and names
	spellings map[string]int                // how many of each there are, by labels
	sent      sentNames                     // that are in a table
}

// importedSeries is a series of the file.
type importedSeries struct {
	*series
	layer int // each spelling of one code has its own: they may overlap

	n        int
	lastAt   int64
	previous [2]float64 // the last readings, newest last
	lastLine int
}

func newImporter(w *blockWriter, now time.Time) *importer {
	return &importer{w: w, now: now.UnixMilli(), series: map[[3]string]*importedSeries{}, spellings: map[string]int{}, sent: sentNames{}}
}

// importedSensor returns the series of a sensor in a file.
func importedSensor(sensor, name, friendly string) (*series, error) {
	if sensor == "" {
		// A packet without a code is known by its name, and so is a sensor of
		// the older exporter.
		sensor = name
	}
	if sensor == "" {
		return nil, errors.New("it names no sensor")
	}
	return &series{sensor: sensor, sensorName: name, friendlyName: friendly}, nil
}

// read takes in a file to its end.
func (im *importer) read(ctx context.Context, from *importSource) error {
	first, err := from.next()
	for err == nil && strings.TrimSpace(first) == "" {
		first, err = from.next()
	}
	switch table, isTable := parseCSVHeader(first); {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case isTable:
		err = im.readTable(ctx, from, table)
	default:
		if kind := tableKind(first); kind != "" {
			return &FileError{Kind: kind}
		}
		err = im.readMetrics(ctx, from, first)
	}
	if err != nil {
		return err
	}
	im.done.CutShort = im.done.CutShort || from.cut
	slices.SortFunc(im.done.LeftOut, func(a, b LeftOut) int { return a.Line - b.Line })
	if im.done.Samples > 0 {
		return nil
	}
	return &FileError{Kind: im.emptyKind(), Done: im.done}
}

// tableKind tells by its first line what a table is that Export did not write;
// empty for what is no table.
func tableKind(first string) FileKind {
	if strings.HasPrefix(first, "#") || strings.Contains(first, "{") {
		return ""
	}
	if _, ok := parseCSVHeader(strings.ReplaceAll(first, ";", ",")); ok {
		return SemicolonTable
	}
	if strings.Count(first, ",")+strings.Count(first, ";")+strings.Count(first, "\t") > 0 {
		return OtherTable
	}
	return ""
}

// emptyKind tells what a file of lines is of which nothing was taken in.
func (im *importer) emptyKind() FileKind {
	switch {
	case im.done.Refused > 0:
		return AllLeftOut
	case im.done.Others > 0:
		return OtherMetrics
	case im.done.CutShort:
		return CutFile
	default:
		return EmptyFile
	}
}

func (im *importer) readTable(ctx context.Context, from *importSource, table csvTable) error {
	for n := 1; ; n++ {
		row, line, err := from.nextRow()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if strings.TrimSpace(row) == "" {
			continue
		}
		p, sent, err := table.parseRow(row)
		if err == nil {
			im.sent.learn(romcode.Canonical(p.series.sensor), sent)
			err = im.take(p, line)
		}
		if err != nil {
			return &LineError{line, err}
		}
	}
}

// metricLine matches the beginning of a line of metrics.
var metricLine = regexp.MustCompile(`^\s*([a-zA-Z_:][a-zA-Z0-9_:]*\s*({|\s[-+.0-9NI])|{)`)

// readMetrics takes in lines of OpenMetrics, of the text format of Prometheus or
// of promtool's dump, of which the first was read.
func (im *importer) readMetrics(ctx context.Context, from *importSource, line string) error {
	ended, inSeconds := false, false
	err := error(nil)
	for n := 1; !errors.Is(err, io.EOF); n++ {
		if err != nil {
			return err
		}
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		ended = ended || strings.TrimSpace(line) == endOfFile
		p, seconds, parseErr := parseLine(line)
		switch {
		case errors.Is(parseErr, errOtherMetric):
			if im.done.Samples == 0 && im.done.Others == 0 && !metricLine.MatchString(line) {
				return &FileError{Kind: OtherText}
			}
			im.done.Others++
		case errors.Is(parseErr, errNoTime) && im.done.Samples == 0:
			return &FileError{Kind: MetricsPage}
		case parseErr != nil:
			return &LineError{from.line, parseErr}
		case p.series != nil:
			inSeconds = inSeconds || seconds
			if err := im.take(p, from.line); err != nil {
				return &LineError{from.line, err}
			}
		}
		line, err = from.next()
	}
	im.done.CutShort = inSeconds && !ended // the other formats have no end
	return nil
}

// take takes in a reading, or counts why not.
func (im *importer) take(p point, line int) error {
	ser := im.find(p.series)
	if why := im.check(ser, p); why != "" {
		im.leaveOut(why, line)
		return nil
	}
	err := im.w.addTo(ser.layer, ser.labels, p.at, p.celsius)
	if isSampleError(err) {
		im.leaveOut(OutOfOrder, line)
		return nil
	}
	if err != nil {
		return err
	}
	if ser.n >= 2 && isLoneFault(ser.previous, p.celsius) {
		if im.done.Lone++; im.done.Lone == 1 {
			im.done.LoneLine = ser.lastLine
		}
	}
	ser.n++
	ser.lastAt, ser.lastLine = p.at, line
	ser.previous = [2]float64{ser.previous[1], p.celsius}

	at := time.UnixMilli(p.at)
	if im.done.Samples++; im.done.Samples == 1 {
		im.done.Oldest = at
	}
	im.done.Oldest, im.done.Newest = earlier(im.done.Oldest, at), later(im.done.Newest, at)
	return nil
}

// check says why a reading is to be left out, if it is.
func (im *importer) check(ser *importedSeries, p point) ImportReason {
	switch {
	case math.IsNaN(p.celsius) || math.IsInf(p.celsius, 0):
		return NoNumber
	case p.celsius < minCelsius || p.celsius > maxCelsius:
		return OutOfRange
	case p.at > im.now:
		return InFuture
	case p.at < earliest:
		return TooEarly
	case ser.n > 0 && p.at == ser.lastAt:
		return Repeated
	case ser.n > 0 && p.at < ser.lastAt:
		return OutOfOrder
	}
	return ""
}

func (im *importer) leaveOut(why ImportReason, line int) {
	im.done.Refused++
	i := slices.IndexFunc(im.done.LeftOut, func(l LeftOut) bool { return l.Reason == why })
	if i < 0 {
		im.done.LeftOut = append(im.done.LeftOut, LeftOut{Reason: why, Line: line})
		i = len(im.done.LeftOut) - 1
	}
	im.done.LeftOut[i].Count++
}

// find returns the series of the file, with the ROM code spelt as it is today.
func (im *importer) find(as *series) *importedSeries {
	key := [3]string{as.sensor, as.sensorName, as.friendlyName}
	if im.series[key] == nil {
		ser := newSeries(Sample{Sensor: romcode.Canonical(as.sensor), SensorName: as.sensorName, FriendlyName: as.friendlyName})
		spelt := string(ser.labels.Bytes(nil))
		im.series[key] = &importedSeries{series: ser, layer: im.spellings[spelt]}
		im.spellings[spelt]++
	}
	return im.series[key]
}

// isLoneFault reports whether the middle one of three readings is what a DS18B20
// says that did not measure, and far from both others. It says 85 after power-on
// (Maxim 19-7487), 0 when all its memory reads as zeros, -0.0625 as ones.
func isLoneFault(two [2]float64, after float64) bool {
	const far = 10
	before, v := two[0], two[1]
	return (v == 85 || v == 0 || v == -0.0625) && math.Abs(v-before) > far && math.Abs(v-after) > far
}
