package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"picotop/exporter"
	"picotop/history"
	"picotop/internal/config"
	"picotop/internal/remotewrite"
)

const (
	remoteWriteFileName = "remote_write.json"
	maxRemoteWriteFile  = 1 << 20 // bytes
)

// remoteSource is the store as it is sent elsewhere.
type remoteSource struct {
	*history.Queryable
	store *history.Store
}

// Streams implements [remotewrite.Source].
func (s remoteSource) Streams() ([]remotewrite.Stream, bool) {
	settled, ok := s.store.Settled()
	names := history.MetricNames()
	return []remotewrite.Stream{
		{Name: "readings", Metrics: names.Readings, Also: names.LastSeen, Ends: names.Silent, Until: settled.Readings, Oldest: settled.Oldest},
		{Name: "hours", Metrics: names.Hours, Until: settled.Hours, Oldest: settled.Oldest},
	}, ok
}

// newRemoteWrite makes what sends the history elsewhere; nil if there is none to send. A
// made-up house is nobody's business.
func (i *instance) newRemoteWrite() *remotewrite.Sender {
	if i.Demo || i.looksOnce {
		return nil
	}
	if i.store == nil {
		i.warnOfNoHistory(i.File)
		return nil
	}
	path := filepath.Join(i.Data, remoteWriteFileName)
	return remotewrite.New(remoteTargets(i.File), remotewrite.Options{
		Source: remoteSource{i.store.Queryable(), i.store}, Logger: i.logger, Now: i.now, Own: i.ownFigures,
		Load: func() ([]byte, error) { return readBounded(path, maxRemoteWriteFile) },
		Save: func(text []byte) error {
			if !i.isOpen() {
				return errors.New("the history is not open")
			}
			return writeWhole(path, nil, func(w io.Writer) error { _, err := w.Write(text); return err })
		},
	})
}

// setRemoteWrite takes up the databases of another file.
func (i *instance) setRemoteWrite(f *config.File) {
	switch {
	case i.remoteWrite != nil:
		i.remoteWrite.SetTargets(remoteTargets(f))
	case i.store == nil && !f.SameRemoteWrites(i.config.inForce()):
		i.warnOfNoHistory(f)
	}
}

func (i *instance) warnOfNoHistory(f *config.File) {
	if len(f.RemoteWrite) > 0 {
		i.logger.Warn("remote write needs the history, which is switched off: nothing is sent")
	}
}

func remoteTargets(f *config.File) []remotewrite.Target {
	var targets []remotewrite.Target
	for _, t := range f.RemoteWrite {
		targets = append(targets, remoteTarget(t))
	}
	return targets
}

// ownFigures are how this picotop fares.
func (i *instance) ownFigures() []remotewrite.Figure {
	var all []remotewrite.Figure
	for _, f := range exporter.Summary(i.Version, i.Status(), i.State()) {
		all = append(all, remotewrite.Figure(f))
	}
	return all
}

// remoteTarget is a database of the configuration file.
func remoteTarget(t config.RemoteWrite) remotewrite.Target {
	t.Line = 0 // where in the file it stands does not matter
	return remotewrite.Target{
		Name: t.Name, Protocol: remotewrite.Protocol(t.Protocol), Labels: t.Labels,
		Since: t.Since, Timeout: t.Timeout, User: t.User,
		URL: revealer(t.URL), Password: revealer(t.Password), Bearer: revealer(t.Bearer), TLS: t.TLS,
		MadeOf: t,
	}
}

// revealer reads a secret whenever it is needed; nil if there is none.
func revealer(s config.Secret) func() (string, error) {
	if s.IsZero() {
		return nil
	}
	return func() (string, error) { return s.Reveal(os.Getenv) }
}
