package house

import "slices"

// Warns reports whether a condition of this kind is a warning: something that somebody
// has to look after. The others are for information.
func (k Kind) Warns() bool {
	switch k {
	case Clash, NameClash, Replaced, SetAside:
		return false
	}
	return slices.Contains(Kinds(), k)
}

// Warns reports whether the condition of this state is a warning that stands: of a kind
// that warns, and not one that the owner acknowledged or snoozed.
func (s State) Warns(c Condition) bool { return c.Kind.Warns() && !c.Quiet(s.At) }

// Warnings are the conditions that are warnings, worst first.
func (s State) Warnings() []Condition {
	var all []Condition
	for _, c := range s.Conditions {
		if s.Warns(c) {
			all = append(all, c)
		}
	}
	return all
}
