package cli

import "picotop/internal/config"

// remoteWriteValue is the URL of a database. It may hold a password, and is never shown.
type remoteWriteValue struct{ target *config.RemoteWrite }

// String implements [pflag.Value].
func (v *remoteWriteValue) String() string { return "" }

// Set implements [pflag.Value].
func (v *remoteWriteValue) Set(s string) error {
	t, err := config.NewRemoteWrite(s)
	if err == nil {
		v.target = &t
	}
	return err
}

// Type implements [pflag.Value].
func (v *remoteWriteValue) Type() string { return "URL" }

// addTo returns the file with the database, if one was named.
func (v *remoteWriteValue) addTo(f *config.File) *config.File {
	if v.target == nil {
		return f
	}
	return f.WithRemoteWrite(*v.target)
}
