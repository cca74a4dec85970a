package config

import (
	"cmp"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
)

// defaultDiscovery is the topic below which Home Assistant looks for devices.
const defaultDiscovery = "homeassistant"

// MQTT says to which broker the house is told, for Home Assistant. Without a Broker it
// is told to none.
type MQTT struct {
	Broker    string // mqtt://HOST:PORT, or mqtts:// with TLS; empty means none
	User      string
	Password  Secret
	Discovery string // topic below which Home Assistant looks
	Topic     string // below which picotop's own are; empty means the usual one
	Line      int    // in the file

	ca, dir string // the file with certificates, and that of the configuration
}

// maxCertificates is how long a file with certificates may be, in bytes.
const maxCertificates = 1 << 20

// Certificates reads those that vouch for the broker, in PEM; empty means the system's.
func (m MQTT) Certificates() (string, error) {
	if m.ca == "" {
		return "", nil
	}
	path := m.ca
	if !filepath.IsAbs(path) {
		path = filepath.Join(m.dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCertificates+1))
	if err == nil && len(b) > maxCertificates {
		err = errors.New("it is too long for certificates")
	}
	return string(b), err
}

// AreaOf is the room that a sensor is in, by its ROM code or name and its Pico; empty if
// nobody said.
func (f *File) AreaOf(code, name string, pico netip.Addr) string {
	return cmp.Or(f.Sensors[SensorKey(code)].Area, f.Sensors[SensorKey(name)].Area, f.Picos[pico.Unmap()].Area)
}
