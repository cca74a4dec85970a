package history

import (
	"fmt"
	"io"
)

// A Writer writes samples from elsewhere as [View.Export] does those of a history. Close it.
type Writer struct {
	w      *sampleWriter
	series map[[3]string]*series
}

// NewWriter returns a Writer in one of the formats.
func NewWriter(to io.Writer, f Format) *Writer {
	return &Writer{w: newSampleWriter(to, f, nil), series: map[[3]string]*series{}}
}

// Write writes one sample. Those of one sensor are to come in the order of their times.
func (w *Writer) Write(s Sample) error {
	key := [3]string{s.Sensor, s.SensorName, s.FriendlyName}
	ser := w.series[key]
	if ser == nil {
		ser = &series{sensor: s.Sensor, sensorName: s.SensorName, friendlyName: s.FriendlyName}
		w.series[key] = ser
	}
	if err := w.w.write(point{ser, s.At.UnixMilli(), s.Celsius}); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}

// Close writes what is left.
func (w *Writer) Close() error { return w.w.close() }
