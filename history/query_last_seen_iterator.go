package history

import (
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// seenIterator goes through the readings, and through the repetitions between
// and after them.
type seenIterator struct {
	noHistograms
	of       *seenSeries
	readings chunkenc.Iterator
	next     int64 // the next reading; noReading if there is none
	end      int64 // once there is none: when repetition ends
	at, last int64
	done     bool
	err      error
}

// read looks one reading ahead.
func (it *seenIterator) read() {
	it.next = noReading
	if it.readings != nil {
		if it.readings.Next() == chunkenc.ValFloat {
			it.next = it.readings.AtT()
			return
		}
		it.err, it.readings = it.readings.Err(), nil
	}
	if it.last != noReading {
		it.end = it.of.end(it.last)
	}
}

func (it *seenIterator) Next() chunkenc.ValueType {
	if it.done {
		return chunkenc.ValNone
	}
	held := it.held()
	switch {
	case it.next != noReading && (held == noReading || held >= it.next):
		it.at, it.last = it.next, it.next
		it.read()
	case it.next != noReading && held <= it.last+heldFor, it.next == noReading && held != noReading && held <= it.end:
		it.at = held
	case it.next != noReading: // after a month of silence
		it.at, it.last = it.next, it.next
		it.read()
	default:
		it.done = true
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

// held is the next moment at which the last reading is repeated: on the full
// minute, as long as nothing comes.
func (it *seenIterator) held() int64 {
	if it.last == noReading {
		return noReading
	}
	after := max(it.at, it.last+heldEvery-1)
	return (floorDiv(after, heldEvery) + 1) * heldEvery
}

func (it *seenIterator) Seek(t int64) chunkenc.ValueType {
	for it.at < t || it.at < it.of.mint {
		if it.Next() == chunkenc.ValNone {
			return chunkenc.ValNone
		}
	}
	if it.done {
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

func (it *seenIterator) At() (int64, float64) { return it.at, float64(it.last) / 1000 }

func (it *seenIterator) AtT() int64 { return it.at }

func (it *seenIterator) Err() error { return it.err }
