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
	until := now.Add(-settleAfter).UnixMilli()
	for _, p := range s.queue {
		until = min(until, p.at+s.clock.offset-1)
	}
	settled := Settled{Readings: until}
	if oldest, newest := s.committedBounds(); oldest <= newest {
		settled.Oldest = oldest
	}
	if s.rollups.caughtUp.Load() {
		// Corrections may follow as long as the database takes late readings.
		settled.Hours = min(until, now.Add(-appendWindow-rollupDelay-correctEvery).UnixMilli())
	}
	return settled, true
}
