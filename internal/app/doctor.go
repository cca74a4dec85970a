package app

import (
	"context"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"time"

	"picotop/house"
	"picotop/internal/doctor"
	"picotop/internal/peer"
	"picotop/ui"
)

// serviceData is where the service keeps its history (packaging/picotop.service).
const serviceData = "/var/lib/picotop"

// serviceListen is where the service serves, unless it was told otherwise.
const serviceListen = ":8000"

// serviceUnits are where the unit of the service may be.
var serviceUnits = []string{"/etc/systemd/system/picotop.service", "/usr/lib/systemd/system/picotop.service"}

// Diagnose finds out why nothing is heard. It fills in what the doctor needs to
// know of this machine's picotops: whether there is a service, where others keep
// their history unless the user named a directory, and what the one that runs says
// of itself. It listens until cfg.ListenFor is over or ctx ends, and reports all
// the same.
func Diagnose(ctx context.Context, cfg doctor.Config, dataNamed bool) doctor.Report {
	cfg.Now, cfg.Proc = time.Now, os.DirFS("/proc")
	cfg.Service = slices.ContainsFunc(serviceUnits, exists)
	if !dataNamed {
		cfg.OthersData = othersData(cfg.Data)
	}
	cfg.Running = findRunning(ctx, append([]string{cfg.Data}, cfg.OthersData...))
	return doctor.Run(ctx, cfg)
}

// doctorListensFor is how long the doctor that the dashboard calls listens.
const doctorListensFor = 15 * time.Second

// doctorReport is what the doctor says, for a dashboard of this configuration. What is
// wrong comes first, since the screen may be too short for the rest.
func doctorReport(ctx context.Context, cfg Config) []ui.DoctorLine {
	r := Diagnose(ctx, doctor.Config{
		Group: cfg.Group, Ports: cfg.Ports, Interfaces: cfg.Interfaces,
		Data: cfg.Data, ListenFor: doctorListensFor, Program: "picotop",
	}, cfg.DataNamed)
	lines := r.Conclusion()
	lines = append(lines, doctor.Line{})
	for _, c := range r.Checks {
		lines = append(lines, c.Lines()...)
	}
	report := make([]ui.DoctorLine, len(lines))
	for i, l := range lines {
		report[i] = ui.DoctorLine{Label: l.Label, Text: l.Text}
	}
	return report
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// othersData lists the places where others here may keep a history: the service,
// and whoever called sudo.
func othersData(own string) []string {
	all := []string{serviceData}
	if u, err := user.Lookup(os.Getenv("SUDO_USER")); err == nil {
		all = append(all, filepath.Join(u.HomeDir, ".local", "state", "picotop"))
	}
	return slices.DeleteFunc(all, func(dir string) bool { return dir == own || !exists(dir) })
}

// findRunning asks the picotop that runs on this machine, nil if there is none.
func findRunning(ctx context.Context, dirs []string) *doctor.Instance {
	c, _ := peer.Find(ctx, candidates(dirs, serviceListen), time.Now)
	if c == nil {
		return nil
	}
	defer c.Close()
	h, _, _ := c.Last()
	return &doctor.Instance{PID: h.PID, StoreError: h.History.Err, Silent: silentIn(h)}
}

// silentIn lists the Picos that have gone silent, and the sensors that have while
// their Pico is heard.
func silentIn(h peer.House) []doctor.Silent {
	var all []doctor.Silent
	for _, c := range h.Conditions {
		switch {
		case c.Kind != string(house.Silent):
		case c.Pico >= 0 && c.Pico < len(h.Picos):
			p := h.Picos[c.Pico]
			all = append(all, doctor.Silent{Pico: p.Name, Addr: p.Addr, Sensors: sensorsOf(h, p)})
		case c.Sensor >= 0 && c.Sensor < len(h.Sensors):
			all = append(all, doctor.Silent{Sensor: h.Sensors[c.Sensor].Name})
		}
	}
	return all
}

// sensorsOf names the sensors of a Pico, by which people know it.
func sensorsOf(h peer.House, p peer.Pico) []string {
	var names []string
	for _, s := range h.Sensors {
		if s.Pico == p.Addr {
			names = append(names, s.Name)
		}
	}
	return names
}
