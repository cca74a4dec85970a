package cli

import "picotop/exporter"

// listenValue is the address to serve HTTP on.
type listenValue string

func (l *listenValue) String() string { return string(*l) }
func (l *listenValue) Type() string   { return "address" }

func (l *listenValue) Set(s string) error {
	addr, err := exporter.ParseAddr(s)
	if err != nil {
		return err
	}
	*l = listenValue(addr)
	return nil
}
