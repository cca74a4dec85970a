package homeassistant

import (
	"syscall"
	"testing"
)

// TestFarewellToHungBroker has a broker stop answering before the house is taken away
// from it: it is not waited for, and what it keeps is said.
func TestFarewellToHungBroker(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	p, log, _ := running(t, m.broker())
	until(t, "told", func() bool { s := p.Stats(); return s.Connected && s.Published > 0 })
	if err := m.run.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.run.Process.Signal(syscall.SIGCONT) }()
	p.SetConfig(Config{})
	until(t, "it is said what is left, and how to take it away", func() bool {
		return log.count("keeps topics of this picotop") == 1 && log.count("--remove-retained") == 1
	})
}
