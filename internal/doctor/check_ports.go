package doctor

import (
	"cmp"
	"fmt"

	"picotop/feed"
	"picotop/internal/format"
	"picotop/internal/host"
)

// A portFact is the state of one port, and who had it open before the doctor.
type portFact struct {
	number  uint16
	state   feed.PortState
	why     string
	holders []host.SocketOwner // other programs'
	err     error              // why the holders are not known, nil if they are
}

// checkPorts judges whether each port is free, shared or blocked.
func checkPorts(ports []portFact, uid int) *Check {
	c := newCheck(idPorts)
	var free, shared, blocked []uint16
	for _, p := range ports {
		switch {
		case p.state == feed.Blocked:
			blocked = append(blocked, p.number)
			c.note(fmt.Sprintf("port %d is blocked: %s", p.number, p.blockedBy()))
			if c.Remedy == "" {
				c.try(p.remedy(uid))
			}
		case len(p.holders) > 0:
			shared = append(shared, p.number)
			c.note(fmt.Sprintf("port %d is shared with %s, and both hear everything", p.number, format.List(p.holders)))
		default:
			free = append(free, p.number)
		}
	}
	switch {
	case len(blocked) > 0:
		text := fmt.Sprintf("port %d is held by %s", blocked[0], firstBlocked(ports).holderName())
		if len(blocked) > 1 {
			text = fmt.Sprintf("ports %s are held by %s", format.List(blocked), firstBlocked(ports).holderName())
		}
		c.note("if that is the older exporter, stop it: /metrics of  picotop --headless  replaces it")
		return c.set(Problem, text)
	case len(shared) > 0:
		return c.set(OK, fmt.Sprintf("%s heard, and shared with other programs", portsAre(append(free, shared...))))
	}
	return c.set(OK, portsAre(free)+" free, and heard")
}

func portsAre(ports []uint16) string {
	if len(ports) == 1 {
		return fmt.Sprintf("UDP port %d is", ports[0])
	}
	return fmt.Sprintf("UDP ports %s are", format.List(ports))
}

func firstBlocked(ports []portFact) portFact {
	for _, p := range ports {
		if p.state == feed.Blocked {
			return p
		}
	}
	return portFact{}
}

func (p portFact) holderName() string {
	if len(p.holders) == 0 {
		return "another program, which does not share it"
	}
	return p.holders[0].String() + ", which does not share it"
}

func (p portFact) blockedBy() string {
	switch {
	case p.err != nil:
		return fmt.Sprintf("%s (%v)", p.why, p.err)
	case len(p.holders) == 0:
		return p.why
	case p.holders[0].PID == 0:
		return fmt.Sprintf("held by %s; which one cannot be seen without sudo", format.List(p.holders))
	}
	return "held by " + format.List(p.holders)
}

// remedy is how to end the program that blocks the port, or how to see it.
func (p portFact) remedy(uid int) string {
	see := fmt.Sprintf("sudo ss -ulpn 'sport = :%d'", p.number)
	if len(p.holders) == 0 {
		return see
	}
	return cmp.Or(p.holders[0].StopCommand(uid), see)
}
