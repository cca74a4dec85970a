package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"picotop/exporter"
	"picotop/feed"
	"picotop/history"
	"picotop/internal/capture"
	"picotop/internal/multicast"
	"picotop/internal/peer"
	"picotop/internal/sshserver"
)

// listening is what the system says of an address that cannot be served on.
func listening(addr string, err error) error {
	return &exporter.ListenError{Addr: addr, Err: &net.OpError{Op: "listen", Err: err}}
}

// keeping is what the system says of a directory that cannot keep a history.
func keeping(dir, at string, err error) error {
	return &history.DirError{Dir: dir, Err: &fs.PathError{Op: "open", Path: at, Err: err}}
}

func TestHints(t *testing.T) {
	tmp := t.TempDir()
	tests := map[string]struct {
		err  error
		want string // with TMP for a directory that is there
	}{
		"an address that is none": {&exporter.AddrError{Addr: "garbage"}, "give a port, or an address and a port, such as: --listen 8000, --listen 127.0.0.1:8000 or --listen [::1]:8000"},
		"no file of keys": {
			&sshserver.KeyFileError{File: "my keys", Err: fs.ErrNotExist},
			"put the public key of each who may look into it, a line each: cat ~/.ssh/id_ed25519.pub | sudo tee -a 'my keys'",
		},
		"a file of keys that may not be read": {
			&sshserver.KeyFileError{File: "keys", Err: fs.ErrPermission},
			"public keys are no secret, so let everybody read them: sudo chmod a+r keys",
		},
		"a taken port": {
			listening(":8000", syscall.EADDRINUSE),
			"another program holds port 8000; see who: ss -ltnp 'sport = :8000'; or choose another: --listen 8001",
		},
		"a port that is taken on one address": {
			listening("127.0.0.1:8000", syscall.EADDRINUSE),
			"another program holds port 8000; see who: ss -ltnp 'sport = :8000'; or choose another: --listen 127.0.0.1:8001",
		},
		"the last port, taken": {
			listening(":65535", syscall.EADDRINUSE),
			"another program holds port 65535; see who: ss -ltnp 'sport = :65535'; or choose another: --listen 8000",
		},
		"a privileged port":            {listening(":80", syscall.EACCES), "ports below 1024 need a privilege; choose another: --listen 8000"},
		"not our address":              {listening("10.0.0.9:8000", syscall.EADDRNOTAVAIL), "this machine has no such address; see which it has: ip address; or serve on all of them: --listen 8000"},
		"no such name":                 {listening("nowhere.invalid:8000", &net.DNSError{Err: "no such host"}), "serve on all addresses of this machine: --listen 8000"},
		"a web config that is wrong":   {&exporter.WebConfigError{File: "web.yml"}, "its form: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md"},
		"an interface that is missing": {&feed.JoinError{Able: []string{"lo", "eth0"}}, "try --interface with one of: lo, eth0"},
		"no interface at all":          {&feed.JoinError{}, "no interface is up with multicast enabled; check with: ip link"},
		"an address of another machine": {
			&feed.BindError{Have: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.9")}},
			"it has 192.0.2.1 192.0.2.9: picotop --bind 192.0.2.1",
		},
		"a machine without an address":  {&feed.BindError{}, "it has none; check with: ip address"},
		"an interface to send on":       {&multicast.InterfaceError{Able: []string{"lo"}}, "try --interface with one of: lo"},
		"no interface to send on":       {&multicast.InterfaceError{}, "no interface is up that carries multicast; check with: ip link"},
		"a network that is down":        {&multicast.SendError{Err: syscall.ENETUNREACH}, "is the network up? Check with: ip address"},
		"another user and password":     {&peer.DeniedError{}, "write user:password or Bearer TOKEN into a file that only you can read, and give it with --from-credentials FILE; a server of many tenants also wants --from-tenant NAME"},
		"a store that is open":          {&history.InUseError{Lock: "/h/lock"}, "see which one with: fuser -v /h/lock"},
		"a file for a directory":        {keeping("/d/file", "/d/file", syscall.ENOTDIR), "move the file out of the way with: mv /d/file /d/file.old"},
		"a file above a directory":      {keeping("/d/a file/history", "/d/a file", syscall.ENOTDIR), "move the file out of the way with: mv '/d/a file' '/d/a file.old'"},
		"another user's directory":      {keeping(tmp, tmp, syscall.EACCES), `make it yours with: sudo chown -R "$USER" TMP`},
		"a directory below another's":   {keeping(tmp+"/new", tmp, syscall.EACCES), `make it yours with: sudo install -d -o "$USER" TMP/new`},
		"a read-only disk":              {keeping("/d", "/d", syscall.EROFS), "see what is mounted there with: findmnt -T /d"},
		"a full disk":                   {keeping("/d/history", "/d", syscall.ENOSPC), "see how full the disk is, and how many files it can take: df -h /d; df -i /d"},
		"too many open files":           {keeping("/d/history", "/d", syscall.EMFILE), "let it open more files, and start it again: ulimit -n 1024"},
		"a disk that breaks":            {keeping("/d/history", "/d", syscall.EIO), "the disk may be broken; see what the system says of it: sudo dmesg | tail -n 20"},
		"the data of a Prometheus":      {&history.DirError{Dir: "/d", Err: history.ErrForeign}, "choose another directory; what is in this one shows: ls -l /d"},
		"what a newer picotop wrote":    {&history.DirError{Dir: "/d", Err: &history.NewerError{Version: 2, Known: 1}}, "install the newer picotop again, or set its history aside and begin a new one with: mv /d /d.newer"},
		"a directory of an odd kind":    {&history.DirError{Dir: tmp, Err: errors.New("odd")}, "set it aside and begin a new one with: mv TMP TMP.old"},
		"one that cannot be made":       {&history.DirError{Dir: "/proc/x", Err: fs.ErrNotExist}, "name a directory that can be made: picotop --data DIR"},
		"no history there":              {&history.NoHistoryError{}, "name the place; that of the service is: --data /var/lib/picotop"},
		"a sensor that is not there":    {&history.NoSensorError{Known: []string{"Loft", "Shed"}}, "it has: Loft, Shed"},
		"a history without sensors":     {&history.NoSensorError{}, "it has none at all"},
		"a history that is damaged":     {&history.DamagedError{}, "start picotop: it moves what is damaged aside, and goes on with the rest"},
		"no capture file":               {&capture.ForeignError{}, "make one with: picotop record house.pcapng"},
		"a capture file that is cut":    {&capture.DamagedError{}, "what comes before that was used; if the file was copied, copy it again"},
		"an error that nobody knows":    {errors.New("of another kind"), ""},
		"one that is wrapped":           {fmt.Errorf("starting: %w", &feed.BindError{}), "it has none; check with: ip address"},
		"the outermost of two":          {&usageError{err: &feed.BindError{}, try: "picotop --help"}, "picotop --help"},
		"the first that knows, of some": {errors.Join(errors.New("a"), &feed.BindError{}, &feed.JoinError{}), "it has none; check with: ip address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.ReplaceAll(hint(tt.err), tmp, "TMP"); got != tt.want {
				t.Errorf("hint\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
