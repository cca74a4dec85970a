package app

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"picotop/internal/host"
	"picotop/internal/peer"
)

// candidates lists where a picotop of this machine may be reached, the likeliest
// first: at the socket of the service, at that of whoever keeps a history in one
// of the directories, and by HTTP at the port of an address to serve on. Of what
// answers there only some users are trusted.
func candidates(dirs []string, listen string) []peer.Target {
	var all []peer.Target
	for _, dir := range runtimeDirs() {
		all = append(all, peer.Target{Socket: filepath.Join(dir, peer.SocketName)})
	}
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
	trusted := trustedUsers()
	for i := range all {
		all[i].Trusted = func(uid int) bool { return slices.Contains(trusted, uid) }
	}
	return all
}

// trustedUsers are those whose picotop is shown without having been named: root,
// this user, and the user of the service, to whom systemd gave the directory of its
// socket. Anybody else on this machine could make up a house.
func trustedUsers() []int {
	users := []int{0, os.Getuid()}
	for _, dir := range runtimeDirs() {
		if uid, ok := host.Owner(dir); ok {
			users = append(users, uid)
		}
	}
	return users
}

// runtimeDirs are the directories that systemd gives a service for its socket: of
// this one, if it is one, and of the usual one.
func runtimeDirs() []string {
	return append(filepath.SplitList(os.Getenv("RUNTIME_DIRECTORY")), peer.ServiceDirectory)
}
