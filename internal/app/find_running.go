package app

import (
	"net"
	"net/url"
	"os"
	"path/filepath"

	"picotop/internal/peer"
)

// candidates lists where a picotop of this machine may be reached, the likeliest
// first: at the socket of the service, at that of whoever keeps a history in one
// of the directories, and by HTTP at the port of an address to serve on.
func candidates(dirs []string, listen string) []peer.Target {
	var all []peer.Target
	for _, dir := range filepath.SplitList(os.Getenv("RUNTIME_DIRECTORY")) {
		all = append(all, peer.Target{Socket: filepath.Join(dir, peer.SocketName)})
	}
	all = append(all, peer.Target{Socket: filepath.Join(peer.ServiceDirectory, peer.SocketName)})
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		if info, err := peer.ReadLockInfo(dir); err == nil {
			all = append(all, info.Targets()...)
		}
		all = append(all, peer.Target{Socket: filepath.Join(dir, peer.SocketName)})
	}
	if _, port, err := net.SplitHostPort(listen); err == nil {
		all = append(all, peer.Target{URL: &url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", port)}})
	}
	return all
}
