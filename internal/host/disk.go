package host

// Space is the state of a file system.
type Space struct {
	Free  uint64 // bytes that an ordinary user may still write
	Total uint64 // bytes in all

	ReadOnly bool // it is mounted so
	NoFiles  bool // it has all the files that it can have
}
