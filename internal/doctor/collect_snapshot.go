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

func (d *diagnosis) read(name string) file {
	text, err := fs.ReadFile(d.Proc, name)
	return file{string(text), err}
}

func (d *diagnosis) readSnapshot() snapshot {
	return snapshot{
		igmp: d.read("net/igmp"), snmp: d.read("net/snmp"),
		netstat: d.read("net/netstat"), dev: d.read("net/dev"),
	}
}
