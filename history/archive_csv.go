package history

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// csvColumns is the header of a table of readings.
var csvColumns = []string{"time", "sensor", nameLabel, friendlyLabel, "celsius"}

// A csvRow is a row of a table.
type csvRow [5]string

// newCSVRow makes a row of a series, without time and temperature. sent is the name
// as it is sent, if that is in words and known.
func newCSVRow(ser *series, sent string) csvRow {
	return csvRow{1: escapeCell(ser.sensor), 2: escapeCell(ser.sensorName), 3: escapeCell(friendlyText(ser, sent))}
}

// set makes the row that of one sample, and returns its cells until the next.
func (r *csvRow) set(at int64, celsius string) []string {
	r[0], r[4] = time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05.000Z07:00"), celsius
	return r[:]
}

// cellTriggers begin what a spreadsheet takes for a formula (OWASP, "CSV
// Injection").
const cellTriggers = "=+-@\t\r"

// escapeCell makes a text harmless to a spreadsheet, which shows what begins with
// an apostrophe as text. unescapeCell is its reverse.
func escapeCell(text string) string {
	if isTriggered(text) {
		return "'" + text
	}
	return text
}

func unescapeCell(cell string) string {
	if text, ok := strings.CutPrefix(cell, "'"); ok && isTriggered(text) {
		return text
	}
	return cell
}

// isTriggered reports whether a text is escaped: those that begin like an escaped
// one are too.
func isTriggered(text string) bool {
	text = strings.TrimLeft(text, "'")
	return text != "" && strings.Contains(cellTriggers, text[:1])
}

// csvTable knows in which column of a table what is.
type csvTable struct {
	time, sensor, name, friendly, celsius int // -1 if there is none
}

// parseCSVHeader reports whether a line is the header of a table of readings.
func parseCSVHeader(line string) (t csvTable, ok bool) {
	columns, err := parseCSVRecord(line)
	if err != nil {
		return t, false
	}
	t = csvTable{
		time:     slices.Index(columns, csvColumns[0]),
		sensor:   slices.Index(columns, csvColumns[1]),
		name:     slices.Index(columns, csvColumns[2]),
		friendly: slices.Index(columns, csvColumns[3]),
		celsius:  slices.Index(columns, csvColumns[4]),
	}
	return t, t.time >= 0 && t.celsius >= 0 && (t.sensor >= 0 || t.name >= 0)
}

func parseCSVRecord(record string) ([]string, error) {
	r := csv.NewReader(strings.NewReader(record))
	r.FieldsPerRecord = -1
	return r.Read()
}

// parseRow reads one row of the table, and the name as it is sent if that is in it.
func (t csvTable) parseRow(record string) (p point, sent string, err error) {
	cells, err := parseCSVRecord(record)
	if err != nil {
		return point{}, "", errors.New("it is no row of a table")
	}
	cell := func(column int) string {
		if column < 0 || column >= len(cells) {
			return ""
		}
		return cells[column]
	}
	at, err := time.Parse(time.RFC3339Nano, cell(t.time))
	if err != nil {
		return point{}, "", fmt.Errorf("its time %.30q is none", cell(t.time))
	}
	celsius, err := strconv.ParseFloat(cell(t.celsius), 64)
	if err != nil {
		return point{}, "", fmt.Errorf("its value %.20q is no number", cell(t.celsius))
	}
	name := unescapeCell(cell(t.name))
	friendly, sent := parseFriendlyText(unescapeCell(cell(t.friendly)), name)
	ser, err := importedSensor(unescapeCell(cell(t.sensor)), name, friendly)
	if err != nil {
		return point{}, "", err
	}
	return point{ser, at.UnixMilli(), celsius}, sent, nil
}
