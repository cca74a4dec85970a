package doctor

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"syscall"

	"picotop/internal/format"
)

const (
	lowSpace = 200 << 20 // bytes: some years of a small house
	minSpace = 20 << 20  // bytes: what the history needs to tidy up
)

// checkData judges whether history can be kept. The first of the stores is
// that of this user; running is the picotop that runs here, nil if none does.
func checkData(stores []store, running *Instance, cl cmdline) *Check {
	var all []*Check
	if running != nil && running.StoreError != "" {
		all = append(all, newCheck(idData).set(Problem, fmt.Sprintf("%s cannot store what it hears: %s", running, running.StoreError)).try(running.logCommand()))
	}
	for _, s := range stores {
		all = append(all, checkStore(s, cl))
	}
	if len(all) == 0 {
		return checkStore(store{}, cl)
	}
	worst := slices.MaxFunc(all, func(a, b *Check) int { return severity[a.Verdict] - severity[b.Verdict] })
	if worst.Verdict == Unknown {
		worst = all[0] // that another user's cannot be seen is no news
	}
	if running != nil && running.StoreError == "" {
		worst.note(running.String() + " has no trouble to store what it hears")
	}
	for _, c := range all {
		if c != worst {
			worst.note(c.Text)
			worst.Details = append(worst.Details, c.Details...)
		}
	}
	return worst
}

// checkStore judges one directory.
func checkStore(s store, cl cmdline) *Check {
	c := newCheck(idData)
	if s.dir == "" {
		return c.set(Unknown, "there is no place for the history: HOME is not set").try(cl.listenFor("") + " --data DIR")
	}
	if s.pid != 0 {
		c.note(fmt.Sprintf("%s (pid %d) has it open; a second picotop on it shows no history", s.program, s.pid))
	}
	if s.owner != "" && s.exists {
		c.note("it belongs to " + s.owner)
	}
	if s.noAccess && s.otherUser {
		return c.set(Unknown, fmt.Sprintf("%s may be looked into by root only", s.dir)).try(cl.sudo(""))
	}
	at := format.ShellQuote(s.dir)
	if n := s.faults.Quarantined; n > 0 {
		c.note(fmt.Sprintf("%s set aside in %s", countAre(n, "damaged part"), filepath.Join(s.dir, "history", "quarantine")))
	}
	switch {
	case s.isFile:
		return c.set(Problem, fmt.Sprintf("%s is not a directory, so no history can be kept", s.parent)).
			try(fmt.Sprintf("mv %s %s", format.ShellQuote(s.parent), format.ShellQuote(s.parent+".old")))
	case s.readOnly || errors.Is(s.writeErr, syscall.EROFS):
		return c.set(Problem, fmt.Sprintf("the file system of %s is read-only, so no history can be kept: often a card that is worn out", s.parent)).
			try("findmnt -T " + format.ShellQuote(s.parent))
	case s.faults.Refused != nil:
		return c.set(Problem, fmt.Sprintf("the history in %s is not for this picotop: %v", s.dir, s.faults.Refused)).
			try("picotop --data DIR")
	case s.free < minSpace && s.diskErr == nil || s.noInodes:
		return fullDisk(c, s)
	case len(s.faults.Damaged) > 0:
		for _, one := range s.faults.Damaged {
			c.note(one)
		}
		return c.set(Warning, fmt.Sprintf("the history in %s is damaged; when picotop starts it sets that aside, and goes on with the rest", s.dir)).
			try(fmt.Sprintf("picotop history info --data %s", at))
	case s.otherUser && s.exists && s.pid == 0:
		return c.set(OK, fmt.Sprintf("nobody has the history in %s open; %d MB are free", s.dir, s.free>>20))
	case s.writeErr != nil && s.pid != 0:
		return c.set(OK, fmt.Sprintf("the history in %s is kept by %s", s.dir, s.program))
	case s.writeErr != nil && s.exists:
		return c.set(Problem, fmt.Sprintf("%s belongs to %s and cannot be written, so no history can be kept", s.dir, s.owner)).
			try(`sudo chown -R "$USER" ` + at)
	case s.writeErr != nil:
		return c.set(Problem, fmt.Sprintf("%s cannot be made, so no history can be kept: %s belongs to %s", s.dir, s.parent, s.owner)).
			try(`sudo install -d -o "$USER" ` + at)
	case s.diskErr != nil:
		return c.set(Unknown, fmt.Sprintf("how full the disk of %s is could not be seen: %v", s.parent, s.diskErr))
	case s.free < lowSpace:
		return c.set(Warning, fmt.Sprintf("the disk of %s is nearly full (%d MB left)", s.dir, s.free>>20)).try("df -h " + format.ShellQuote(s.parent))
	case !s.exists:
		return c.set(OK, fmt.Sprintf("%s will be made for the history; %d MB are free", s.dir, s.free>>20))
	}
	return c.set(OK, fmt.Sprintf("the history is kept in %s; %d MB are free", s.dir, s.free>>20))
}

// fullDisk reports a disk without space, or without inodes.
func fullDisk(c *Check, s store) *Check {
	if s.noInodes {
		return c.set(Problem, fmt.Sprintf("the disk of %s can hold no more files, so no history can be kept", s.dir)).try("df -i " + format.ShellQuote(s.parent))
	}
	return c.set(Problem, fmt.Sprintf("the disk of %s is full (%d MB left), so no history can be kept", s.dir, s.free>>20)).try("df -h " + format.ShellQuote(s.parent))
}
