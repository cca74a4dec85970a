package history

import "time"

// settleAfter is how long after its time a reading is taken to be stored for certain: a
// far value waits for the next one before it counts.
const settleAfter = time.Minute

// A Settled says until when the samples in a store are complete, in Unix ms. What is
// appended with an earlier time after that came late: an import, or a clock that was set.
type Settled struct {
	Oldest   int64 // of all samples; 0 if there are none
	Readings int64 // readings and warnings, which are committed until then
	Hours    int64 // rollups; 0 until this run has looked for those that are missing
}

// Settled reports until when the samples are complete. It is false while that is not
// known: the store is not open, or its clock is not believed.
func (s *Store) Settled() (Settled, bool) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.closed || s.db == nil {
		return Settled{}, false
	}
	s.batchMu.RLock() // a commit has the samples neither in the queue nor in the database
	defer s.batchMu.RUnlock()
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkClockLocked(now)
	if s.clockFault != "" {
		return Settled{}, false
	}
	settled := Settled{Readings: now.Add(-settleAfter).UnixMilli()}
	// Corrections may follow as long as the database takes late readings.
	hours := now.Add(-appendWindow - rollupDelay - correctEvery).UnixMilli()
	for _, p := range s.queue {
		until := &settled.Readings
		if p.series.rollup { // which may be of a year ago
			until = &hours
		}
		*until = min(*until, p.at+s.clock.offset-1)
	}
	if oldest, newest := s.committedBounds(); oldest <= newest {
		settled.Oldest = oldest
	}
	if s.rollups.caughtUp.Load() {
		settled.Hours = hours
	}
	return settled, true
}
