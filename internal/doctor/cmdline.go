package doctor

// An again is how to type the doctor's command once more.
type again struct {
	program string // "picotop", or a path to it
	flags   string // those that say what to listen to; empty if none was given
	service bool   // picotop is a service of systemd here
}

func (a again) String() string { return a.program + " doctor" + a.asked() }

func (a again) asked() string {
	if a.flags == "" {
		return ""
	}
	return " " + a.flags
}

// longer asks it to listen for a time.
func (a again) longer(d string) string {
	if d == "" {
		return a.String()
	}
	return a.String() + " --for " + d
}

// root has root ask it.
func (a again) root(d string) string { return "sudo " + a.longer(d) }

// show is the command that shows the Picos with other flags.
func (a again) show(flags string) string { return a.program + " " + flags }

// giveRaw tells how to permit picotop to send what otherwise only root may. On a
// service, which has all privileges forbidden, setcap would keep the program
// from starting.
func (a again) giveRaw(c *Check) *Check {
	if a.service {
		c.note("the lines to add:  [Service]  AmbientCapabilities=CAP_NET_RAW  CapabilityBoundingSet=CAP_NET_RAW")
		return c.try("sudo systemctl edit picotop")
	}
	path := quote(a.program)
	if a.program == "picotop" {
		path = `"$(command -v picotop)"`
	}
	return c.try("sudo setcap cap_net_raw+ep " + path)
}
