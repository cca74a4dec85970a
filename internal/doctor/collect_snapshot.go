package doctor

import "io/fs"

// A procFile is the text of a file in /proc, or why it could not be read.
type procFile struct {
	text string
	err  error
}

// A snapshot is the tables of /proc that are compared from before the listening
// to after.
type snapshot struct {
	igmp, snmp, netstat, dev procFile
}

func (d *diagnosis) read(name string) procFile {
	text, err := fs.ReadFile(d.Proc, name)
	return procFile{string(text), err}
}

func (d *diagnosis) readSnapshot() snapshot {
	return snapshot{
		igmp: d.read("net/igmp"), snmp: d.read("net/snmp"),
		netstat: d.read("net/netstat"), dev: d.read("net/dev"),
	}
}
