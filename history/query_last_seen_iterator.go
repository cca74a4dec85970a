package history

import (
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// lastSeenIterator goes through the readings, and through the repetitions between
// and after them.
type lastSeenIterator struct {
	noHistograms
	series      *lastSeenSeries
	readings    chunkenc.Iterator
	nextReading int64 // the next reading; noReading if there is none
	repeatUntil int64 // once there is none: when repetition ends
	at, last    int64
	done        bool
	err         error
}

// readAhead looks one reading ahead.
func (it *lastSeenIterator) readAhead() {
	it.nextReading = noReading
	if it.readings != nil {
		if it.readings.Next() == chunkenc.ValFloat {
			it.nextReading = it.readings.AtT()
			return
		}
		it.err, it.readings = it.readings.Err(), nil
	}
	if it.last != noReading {
		it.repeatUntil = it.series.repeatUntil(it.last)
	}
}

func (it *lastSeenIterator) Next() chunkenc.ValueType {
	if it.done {
		return chunkenc.ValNone
	}
	repeat := it.nextRepeat()
	switch {
	case it.nextReading != noReading && (repeat == noReading || repeat >= it.nextReading):
		it.at, it.last = it.nextReading, it.nextReading
		it.readAhead()
	case it.nextReading != noReading && repeat <= it.last+repeatFor, it.nextReading == noReading && repeat != noReading && repeat <= it.repeatUntil:
		it.at = repeat
	case it.nextReading != noReading: // after a month of silence
		it.at, it.last = it.nextReading, it.nextReading
		it.readAhead()
	default:
		it.done = true
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

// nextRepeat returns the next moment at which the last reading is repeated, if
// no other comes first: on the full minute.
func (it *lastSeenIterator) nextRepeat() int64 {
	if it.last == noReading {
		return noReading
	}
	after := max(it.at, it.last+repeatEvery-1)
	return (floorDiv(after, repeatEvery) + 1) * repeatEvery
}

func (it *lastSeenIterator) Seek(t int64) chunkenc.ValueType {
	for it.at < t || it.at < it.series.mint {
		if it.Next() == chunkenc.ValNone {
			return chunkenc.ValNone
		}
	}
	if it.done {
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

func (it *lastSeenIterator) At() (int64, float64) { return it.at, float64(it.last) / 1000 }

func (it *lastSeenIterator) AtT() int64 { return it.at }

func (it *lastSeenIterator) Err() error { return it.err }
