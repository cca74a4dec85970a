package history

import (
	"fmt"
	"testing"
	"time"
)

// flood makes up n sensors, at 170 a second, each of which is heard once.
func flood(s *Store, c *fakeClock, n int) {
	for i := range n {
		s.Append(sample(fmt.Sprintf("made up %d at %v", i, c.mono), c.wall, 4))
		c.pass(6 * time.Millisecond)
		if i%1000 == 0 {
			s.save()
		}
	}
	s.save()
}

// speak has a sensor say n readings, ten seconds apart, and commits them.
func speak(s *Store, c *fakeClock, sensor string, n int) {
	for range n {
		s.Append(sample(sensor, c.wall, 4))
		c.pass(10 * time.Second)
	}
	s.save()
}

func TestMadeUpSensorsKeepNobodyOut(t *testing.T) {
	c := &fakeClock{wall: noon}
	s := mustOpen(t, newWithClock(t, t.TempDir(), c))
	speak(s, c, "28ff01", 6)
	flood(s, c, 4000)
	if n := s.db.Head().NumSeries(); n > maxSensors {
		t.Errorf("%d series after 4000 made-up sensors", n)
	}
	speak(s, c, "28ff01", 6)
	speak(s, c, "28ff02", 6) // a new one
	for sensor, want := range map[string]int{"28ff01": 12, "28ff02": 6} {
		if got := count(t, s, sensor); got != want {
			t.Errorf("%d readings of %s, want %d", got, sensor, want)
		}
	}
	renamed := sample("28ff01", c.wall, 4)
	renamed.SensorName = "Loft"
	s.Append(renamed)
	s.save()
	if got := selectSeries(t, s, `temperature{sensor_name="Loft"}`, noon, c.wall); len(got) != 1 {
		t.Errorf("of a sensor that was renamed: %q", got)
	}

	// What was made up is forgotten.
	c.pass(forgetCandidate + time.Minute)
	s.updateStats()
	if n := len(s.places.candidates); n > 0 {
		t.Errorf("%d candidates are remembered", n)
	}
	c.pass(forgetAfter)
	s.updateStats()
	if n := len(s.places.sensors); n > 0 {
		t.Errorf("%d sensors are remembered after they fell silent", n)
	}
}

func TestANewSensorInTheMiddleOfAFlood(t *testing.T) {
	c := &fakeClock{wall: noon}
	s := mustOpen(t, newWithClock(t, t.TempDir(), c))
	for range 12 {
		flood(s, c, 1700) // ten seconds
		s.Append(sample("28ff02", c.wall, 4))
	}
	s.save()
	if got := count(t, s, "28ff02"); got < 10 {
		t.Errorf("%d of its 12 readings are stored", got)
	}
	if st := s.Stats(); st.Full == "" || st.Refused[TooMany.index()].Count == 0 {
		t.Errorf("it is not told: %+v", st)
	}
	c.pass(fullFor + time.Second)
	s.updateStats()
	if st := s.Stats(); st.Full != "" {
		t.Errorf("it is told for ever: %q", st.Full)
	}
}

func TestSettledSensorsKeepTheirPlace(t *testing.T) {
	c := &fakeClock{wall: noon}
	dir := t.TempDir()
	s := mustOpen(t, newWithClock(t, dir, c))
	for range 50 {
		for range 2 {
			s.Append(sample("28ff01", c.wall, 4))
			c.pass(30 * time.Minute)
		}
		s.save()
		if err := s.rollUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if h := s.places.sensors["28ff01"]; !s.isSettledLocked("28ff01", h) {
		t.Errorf("heard for two days, and not settled: %+v", h)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, newWithClock(t, dir, c))
	if !s.places.settled["28ff01"] {
		t.Error("it is not settled after a restart")
	}
	// More are made up than there is room for, and each is heard for a while.
	for range 4 {
		for i := range 2000 {
			s.Append(sample(fmt.Sprint("made up ", i), c.wall, 4))
		}
		c.pass(10 * time.Second)
		s.save()
	}
	if len(s.places.sensors) != maxSensors {
		t.Errorf("%d sensors have a place, want %d", len(s.places.sensors), maxSensors)
	}
	from := c.wall
	speak(s, c, "28ff01", 2)
	if got := selectSeries(t, s, `temperature{sensor="28ff01"}`, from, c.wall); len(got) != 2 {
		t.Errorf("of the settled one are stored %q", got)
	}
	speak(s, c, "28ff02", 6)
	if _, ok := s.places.sensors["28ff01"]; !ok {
		t.Error("the settled one had to go")
	}
	if n := s.db.Head().NumSeries(); n > maxSeries {
		t.Errorf("%d series", n)
	}
}

func TestANameThatChangesWithEachPacket(t *testing.T) {
	c := &fakeClock{wall: noon}
	s := mustOpen(t, newWithClock(t, t.TempDir(), c))
	for i := range 4000 {
		p := sample("28ff02", c.wall, 4)
		p.SensorName = fmt.Sprint(i)
		s.Append(p)
		c.pass(time.Second)
	}
	s.save()
	if n := s.db.Head().NumSeries(); n != maxNames {
		t.Errorf("%d series, want %d", n, maxNames)
	}
	if got := count(t, s, "28ff02"); got != 4000 {
		t.Errorf("%d of its 4000 readings are stored", got)
	}
	// Two Picos that send one code are no flood of names.
	for i := range 100 {
		p := sample("28ff03", c.wall, 4)
		p.SensorName = []string{"Loft", "Tank"}[i%2]
		s.Append(p)
		c.pass(time.Second)
	}
	s.save()
	for _, name := range []string{"Loft", "Tank"} {
		if got := selectSeries(t, s, fmt.Sprintf(`temperature{sensor_name=%q}`, name), noon, c.wall); len(got) != 50 {
			t.Errorf("%d readings of %s, want 50", len(got), name)
		}
	}
	// Later there is a new name again.
	c.pass(forgetAfter)
	p := sample("28ff02", c.wall, 4)
	p.SensorName = "Attic"
	s.Append(p)
	s.save()
	if got := selectSeries(t, s, `temperature{sensor_name="Attic"}`, noon, c.wall); len(got) != 1 {
		t.Errorf("under a new name, hours later: %q", got)
	}
}

func TestSeriesInMemoryAreBounded(t *testing.T) {
	s := open(t, t.TempDir())
	var derived []point
	for i := range maxSeries + 10 {
		ser := newSeries(sample(fmt.Sprint(i), noon, 4))
		ser.derived = true
		derived = append(derived, point{ser, noon.UnixMilli(), 4})
	}
	s.queueDerived(derived)
	s.save()
	if n := s.db.Head().NumSeries(); n != maxUnsettledSeries {
		t.Errorf("%d series, want %d", n, maxUnsettledSeries)
	}
	if st := s.Stats(); st.Full == "" || st.Refused[TooMany.index()].Count != maxSeries+10-maxUnsettledSeries {
		t.Errorf("%+v", st)
	}
	s.mu.Lock()
	s.places.settled["28ff01"] = true
	s.mu.Unlock()
	s.Append(sample("28ff01", noon, 4))
	s.save()
	if got := count(t, s, "28ff01"); got != 1 {
		t.Errorf("%d readings of a settled sensor, want 1", got)
	}
}
