package host

import "testing"

func TestLockHolder(t *testing.T) {
	table := []byte("1: POSIX  ADVISORY  WRITE 5 08:02:4711 0 EOF\n2: FLOCK  ADVISORY  WRITE 812 08:02:4711 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 813 08:02:4711 0 EOF\n")
	if pid := lockOwner(table, 4711); pid != 812 {
		t.Errorf("pid %d", pid)
	}
	if pid := lockOwner(table, 711); pid != 0 {
		t.Errorf("a lock on another file: pid %d", pid)
	}
}
