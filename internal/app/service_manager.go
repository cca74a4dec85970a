package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"picotop/house"
	"picotop/internal/format"
	"picotop/internal/status"
	"picotop/internal/wording"
)

const (
	// serviceTellEvery is how often the service manager may be told of a change.
	serviceTellEvery = 10 * time.Second
	// serviceReadyWithin is when a service counts as started although something is
	// missing, such as a network or room on the disk: it goes on trying, and what it can
	// do it does. Else the start of the machine, or of a package, would wait for it.
	serviceReadyWithin = 30 * time.Second
	// stuckAfter is how long the parts of the program may take to come round, which they
	// do every second, and with the disk every ten. A card that is worn out may keep a
	// write for minutes.
	stuckAfter, stuckDiskAfter = 15 * time.Second, 5 * time.Minute
)

// A serviceManager is systemd, which started the program and wants to know how it
// fares: the protocol of sd_notify(3).
type serviceManager struct {
	send  func(state string)
	every time.Duration // how often it wants a sign of life; 0 if it wants none

	started time.Time
	ready   bool
	said    string // the status in words, as last told
}

// findServiceManager returns nil if nobody wants to know.
func findServiceManager() *serviceManager {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return nil
	}
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		every = 0
	}
	return &serviceManager{
		send: func(state string) {
			_, _ = daemon.SdNotify(false, state) // systemd is told again; it is of no use to log that
		},
		every:   every,
		started: time.Now(),
	}
}

// interval is how often tell is to be called: at least twice in the time that a sign of
// life is valid.
func (m *serviceManager) interval() time.Duration {
	if m.every > 0 {
		return min(m.every/3, serviceTellEvery)
	}
	return serviceTellEvery
}

// tell sends what is new, and a sign of life if nothing is stuck.
func (m *serviceManager) tell(st status.Status, state house.State, stuck string, now time.Time) {
	var lines []string
	missing := st.Missing()
	if !m.ready && (len(missing) == 0 || now.Sub(m.started) >= serviceReadyWithin) {
		m.ready = true
		lines = append(lines, daemon.SdNotifyReady)
	}
	if stuck == "" {
		lines = append(lines, daemon.SdNotifyWatchdog)
	} else {
		missing = append([]string{stuck}, missing...)
	}
	if text := serviceStatus(missing, state); text != m.said {
		m.said = text
		lines = append(lines, "STATUS="+text)
	}
	if len(lines) > 0 {
		m.send(strings.Join(lines, "\n"))
	}
}

// serviceStatus is how the service fares, in one line.
func serviceStatus(missing []string, state house.State) string {
	if len(missing) > 0 {
		return strings.Join(missing, "; ")
	}
	sensors := format.Count(len(state.Sensors), "sensor")
	warnings := state.Warnings()
	if len(warnings) == 0 {
		return sensors + ", no warning"
	}
	worst := wording.Condition(state, warnings[0])
	if len(warnings) == 1 {
		return sensors + ", 1 warning: " + worst
	}
	return fmt.Sprintf("%s, %d warnings, the worst: %s", sensors, len(warnings), worst)
}

// tellServiceManager tells it until ctx ends.
func (i *instance) tellServiceManager(ctx context.Context, m *serviceManager) {
	tick := time.NewTicker(min(time.Second, m.interval())) // until it is ready
	defer tick.Stop()
	for {
		m.tell(i.Status(), i.State(), i.stuck(time.Now()), time.Now())
		if m.ready {
			tick.Reset(m.interval())
		}
		select {
		case <-ctx.Done():
			m.send(daemon.SdNotifyStopping)
			return
		case <-tick.C:
		}
	}
}

// stuck says which part of the program has not come round for too long, in words; empty
// if readings can be taken and stored, or wait in memory for a trouble that is told.
func (i *instance) stuck(now time.Time) string {
	running := now.Sub(i.started)
	if running-time.Duration(i.applied.Load()) > stuckAfter && running > 2*stuckAfter {
		return "readings are not taken: a part of picotop is stuck"
	}
	st := i.storeStats()
	if st == nil {
		return ""
	}
	tried := st.Tried
	if tried.IsZero() {
		tried = i.started
	}
	if now.Sub(tried) > stuckDiskAfter {
		return "the disk does not answer"
	}
	return ""
}
