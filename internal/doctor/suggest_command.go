package doctor

import "picotop/internal/format"

// A cmdline writes commands to type: the doctor's own again, with other flags or
// as root, and those that change what it runs as.
type cmdline struct {
	program string // "picotop", or a path to it
	flags   string // the flags that say what to listen to; empty if none was given
	service bool   // picotop is a service of systemd here
}

func (cl cmdline) String() string { return cl.program + " doctor" + cl.flagSuffix() }

// flagSuffix is the flags behind a space, or nothing.
func (cl cmdline) flagSuffix() string {
	if cl.flags == "" {
		return ""
	}
	return " " + cl.flags
}

// listenFor is the doctor's command with a time to listen, such as "2m"; empty
// means the default.
func (cl cmdline) listenFor(d string) string {
	if d == "" {
		return cl.String()
	}
	return cl.String() + " --for " + d
}

// sudo is listenFor as root.
func (cl cmdline) sudo(d string) string { return "sudo " + cl.listenFor(d) }

// withFlags is the command of the screen, not of the doctor, with these flags.
func (cl cmdline) withFlags(flags string) string { return cl.program + " " + flags }

// grantRaw sets the remedy of a check to giving picotop CAP_NET_RAW, with which
// it may send what otherwise only root may. On a service, which has all
// privileges forbidden, setcap would keep the program from starting.
func (cl cmdline) grantRaw(c *Check) *Check {
	if cl.service {
		c.note("the lines to add:  [Service]  AmbientCapabilities=CAP_NET_RAW  CapabilityBoundingSet=CAP_NET_RAW")
		return c.try("sudo systemctl edit picotop")
	}
	path := format.ShellQuote(cl.program)
	if cl.program == "picotop" {
		path = `"$(command -v picotop)"`
	}
	return c.try("sudo setcap cap_net_raw+ep " + path)
}
