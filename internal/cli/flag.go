package cli

// The types in the files flag_*.go are values of flags: each checks what it is
// given as it is read, so that a mistake is told with the flag's name.

// A badValue says what is wrong with the value of a flag, and what a good one
// looks like on the command line.
type badValue struct{ why, try string }

func (e *badValue) Error() string { return e.why }
func (e *badValue) hint() string  { return e.try }
