package doctor

// An cmdline is how to type the doctor's command once more.
type cmdline struct {
	program string // "picotop", or a path to it
	flags   string // those that say what to listen to; empty if none was given
	service bool   // picotop is a service of systemd here
}

func (cl cmdline) String() string { return cl.program + " doctor" + cl.flagSuffix() }

func (cl cmdline) flagSuffix() string {
	if cl.flags == "" {
		return ""
	}
	return " " + cl.flags
}

// listenFor asks it to listen for a time.
func (cl cmdline) listenFor(d string) string {
	if d == "" {
		return cl.String()
	}
	return cl.String() + " --for " + d
}

// sudo has root ask it.
func (cl cmdline) sudo(d string) string { return "sudo " + cl.listenFor(d) }

// screen is the command that shows the Picos with other flags.
func (cl cmdline) screen(flags string) string { return cl.program + " " + flags }

// grantRaw tells how to permit picotop to send what otherwise only root may. On a
// service, which has all privileges forbidden, setcap would keep the program
// from starting.
func (cl cmdline) grantRaw(c *Check) *Check {
	if cl.service {
		c.note("the lines to add:  [Service]  AmbientCapabilities=CAP_NET_RAW  CapabilityBoundingSet=CAP_NET_RAW")
		return c.try("sudo systemctl edit picotop")
	}
	path := quote(cl.program)
	if cl.program == "picotop" {
		path = `"$(command -v picotop)"`
	}
	return c.try("sudo setcap cap_net_raw+ep " + path)
}
