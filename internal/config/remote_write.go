package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
)

// RemoteWrite is a database that gets what picotop stores, by Prometheus remote write.
type RemoteWrite struct {
	Name     string // unique; how far it was sent to is kept under it
	URL      Secret
	Protocol string            // "1.0" or "2.0"
	Labels   map[string]string // added to each series
	Since    time.Duration     // how far back to begin at the first contact
	Timeout  time.Duration     // of one request
	User     string
	Password Secret
	Bearer   Secret // a token
	Line     int    // in the file

	ca, cert, key string // files
	dir           string // where a relative file is
}

// TLS is what is needed beyond the system's for https; nil if nothing is.
func (t RemoteWrite) TLS() (*tls.Config, error) {
	if t.ca == "" && t.cert == "" {
		return nil, nil
	}
	cfg := &tls.Config{}
	if t.ca != "" {
		pem, err := os.ReadFile(t.file(t.ca))
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", t.file(t.ca))
		}
	}
	if t.cert != "" {
		if t.key == "" {
			return nil, errors.New("cert_file needs key_file")
		}
		pair, err := tls.LoadX509KeyPair(t.file(t.cert), t.file(t.key))
		if err != nil {
			return nil, err
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return cfg, nil
}

func (t RemoteWrite) file(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(t.dir, name)
}

// NewRemoteWrite is a database of which only the URL is known. Its errors do not hold it.
func NewRemoteWrite(url string) (RemoteWrite, error) {
	t := RemoteWrite{Timeout: defaultTimeout}
	s, err := checkURL(url)
	if err != nil || !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return t, errors.New("not a URL such as http://192.168.1.20:8428/api/v1/write")
	}
	t.URL.value = s
	t.Name = t.URL.host()
	return t, nil
}

// WithRemoteWrite returns the file with one more database. It takes the place of one
// with the same name.
func (f *File) WithRemoteWrite(t RemoteWrite) *File {
	g := *f
	g.RemoteWrite = []RemoteWrite{t}
	for _, other := range f.RemoteWrite {
		if other.Name != t.Name {
			g.RemoteWrite = append(g.RemoteWrite, other)
		}
	}
	return &g
}

// SameRemoteWrites reports whether two files send to the same databases in the same way.
// Where in the file that stands does not matter.
func (f *File) SameRemoteWrites(g *File) bool {
	return slices.EqualFunc(f.RemoteWrite, g.RemoteWrite, func(a, b RemoteWrite) bool {
		a.Line, b.Line = 0, 0
		return reflect.DeepEqual(a, b)
	})
}
