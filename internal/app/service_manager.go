package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"picotop/house"
	"picotop/internal/format"
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

// A serviceState is how a service fares, in words.
type serviceState struct {
	missing []string // what keeps it from being ready
	well    string   // how it fares if nothing is missing
	stuck   string   // which part has not come round for too long; mostly empty
}

// tell sends what is new, and a sign of life if nothing is stuck.
func (m *serviceManager) tell(st serviceState, now time.Time) {
	var lines []string
	missing := st.missing
	if !m.ready && (len(missing) == 0 || now.Sub(m.started) >= serviceReadyWithin) {
		m.ready = true
		lines = append(lines, daemon.SdNotifyReady)
	}
	if st.stuck == "" {
		lines = append(lines, daemon.SdNotifyWatchdog)
	} else {
		missing = append([]string{st.stuck}, missing...)
	}
	if text := cmp.Or(strings.Join(missing, "; "), st.well); text != m.said {
		m.said = text
		lines = append(lines, "STATUS="+text)
	}
	if len(lines) > 0 {
		m.send(strings.Join(lines, "\n"))
	}
}

// houseStatus is how a house fares, in one line.
func houseStatus(state house.State) string {
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

// keepTelling tells it how the service fares until ctx ends.
func (m *serviceManager) keepTelling(ctx context.Context, now func() serviceState) {
	tick := time.NewTicker(min(time.Second, m.interval())) // until it is ready
	defer tick.Stop()
	for {
		m.tell(now(), time.Now())
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

// serviceState is how this one fares.
func (i *instance) serviceState() serviceState {
	return serviceState{missing: i.Status().Missing(), well: houseStatus(i.State()), stuck: i.stuck(time.Now())}
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
