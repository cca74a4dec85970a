package cli

import (
	"context"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"picotop/house"
	"picotop/internal/doctor"
	"picotop/internal/peer"
)

// serviceData is where the service keeps its history (packaging/picotop.service).
const serviceData = "/var/lib/picotop"

// serviceUnits are where the unit of the service may be.
var serviceUnits = []string{"/etc/systemd/system/picotop.service", "/usr/lib/systemd/system/picotop.service"}

// describePatient fills in what the doctor needs to know of this machine's
// picotops: how they are called, where they keep their history, and what the
// one that runs says of itself.
func describePatient(cmd *cobra.Command, c *doctor.Config) {
	c.Program = calledAs(os.Args[0])
	c.Flags = repeated(cmd)
	c.Service = slices.ContainsFunc(serviceUnits, exists)
	if !cmd.Flags().Changed("data") {
		// Without a place for it the doctor says so.
		c.Data, _ = findData(os.Getenv)
		c.OthersData = othersData(c.Data)
	}
	c.Running = askRunning(cmd.Context(), append([]string{c.Data}, c.OthersData...))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// calledAs is how to type the program's name again: sudo does not find what
// was called by a path.
func calledAs(arg string) string {
	if strings.ContainsRune(arg, filepath.Separator) {
		return arg
	}
	return "picotop"
}

// repeated are the flags that say what to listen to, as they were given.
func repeated(cmd *cobra.Command) string {
	var all []string
	for _, name := range []string{"group", "port", "interface"} {
		if f := cmd.Flags().Lookup(name); f.Changed {
			all = append(all, "--"+name+" "+f.Value.String())
		}
	}
	return strings.Join(all, " ")
}

// othersData lists the places where others here may keep a history: the
// service, and whoever called sudo.
func othersData(own string) []string {
	all := []string{serviceData}
	if u, err := user.Lookup(os.Getenv("SUDO_USER")); err == nil {
		all = append(all, filepath.Join(u.HomeDir, ".local", "state", "picotop"))
	}
	return slices.DeleteFunc(all, func(dir string) bool { return dir == own || !exists(dir) })
}

// askRunning asks the picotop that runs on this machine, if there is one.
func askRunning(ctx context.Context, dirs []string) *doctor.Instance {
	all := []peer.Target{{Socket: filepath.Join(peer.ServiceDirectory, peer.SocketName)}}
	for _, dir := range dirs {
		if h, err := peer.ReadLockInfo(dir); err == nil {
			all = append(all, h.Targets()...)
		}
		all = append(all, peer.Target{Socket: filepath.Join(dir, peer.SocketName)})
	}
	all = append(all, peer.Target{URL: &url.URL{Scheme: "http", Host: "127.0.0.1:8000"}})
	c := peer.Find(ctx, all, time.Now)
	if c == nil {
		return nil
	}
	defer c.Close()
	h, _, _ := c.Last()
	return &doctor.Instance{PID: h.PID, StoreError: h.History.Err, Silent: missed(h)}
}

// missed names the Picos that have gone silent, and the sensors that have
// while their Pico is heard.
func missed(h peer.House) []string {
	var all []string
	for _, c := range h.Conditions {
		switch {
		case c.Kind != string(house.Silent):
		case c.Pico >= 0 && c.Pico < len(h.Picos):
			all = append(all, describePico(h, h.Picos[c.Pico]))
		case c.Sensor >= 0 && c.Sensor < len(h.Sensors):
			all = append(all, "the sensor "+h.Sensors[c.Sensor].Name)
		}
	}
	return all
}

// describePico names a Pico, and its sensors, by which people know it.
func describePico(h peer.House, p peer.Pico) string {
	var names []string
	for _, s := range h.Sensors {
		if s.Pico == p.Addr {
			names = append(names, s.Name)
		}
	}
	text := strings.TrimSpace("the Pico " + p.Name)
	if p.Addr.IsValid() {
		text += " at " + p.Addr.String()
	}
	if len(names) > 0 {
		text += " (" + strings.Join(names, ", ") + ")"
	}
	return text
}
