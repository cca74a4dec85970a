package doctor

import "io/fs"

// A file is one that may not be there.
type file struct {
	text string
	err  error
}

// snapshot is what is compared from before to after.
type snapshot struct {
	igmp, snmp, netstat, dev file
}

func (e *examination) read(name string) file {
	text, err := fs.ReadFile(e.Proc, name)
	return file{string(text), err}
}

func (e *examination) snapshot() snapshot {
	return snapshot{
		igmp: e.read("net/igmp"), snmp: e.read("net/snmp"),
		netstat: e.read("net/netstat"), dev: e.read("net/dev"),
	}
}
