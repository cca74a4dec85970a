package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"picotop/exporter"
	"picotop/feed"
	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/capture"
	"picotop/internal/engine"
	"picotop/internal/format"
	"picotop/internal/multicast"
	"picotop/internal/peer"
	"picotop/internal/sshserver"
)

// hint is what to try after an error, mostly something to type; empty if nothing
// is known to help. Of several errors wrapped in each other the outermost that
// has one speaks: it knows most of what was wanted.
func hint(err error) string {
	if text := hintOf(err); text != "" {
		return text
	}
	switch wrapped := err.(type) {
	case interface{ Unwrap() error }:
		if inner := wrapped.Unwrap(); inner != nil {
			return hint(inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range wrapped.Unwrap() {
			if text := hint(inner); text != "" {
				return text
			}
		}
	}
	return ""
}

// hintOf is the hint of one error, whatever it wraps.
func hintOf(err error) string {
	switch e := err.(type) {
	case interface{ hint() string }: // those of this package
		return e.hint()
	case *app.NoPeerError:
		return noPeerHint(e)
	case *app.NoReadingsError:
		return "see which metrics are there: curl " + e.At + "/api/v1/label/__name__/values; picotop reads temperature and picotop_temperature_celsius"
	case *app.NoEngineError:
		return "give the URL of one, such as: --from http://prometheus:9090"
	case *app.SeveralHousesError:
		return "choose one: --match " + format.ShellQuote(e.Example)
	case *engine.MatchError:
		return `select by labels, such as: --match '{house="mum"}'`
	case *engine.TooMuchError:
		return `select fewer, such as: --match '{house="mum"}'`
	case *app.NothingHeardError:
		return "find out why: picotop doctor; as a service, run: picotop --headless"
	case *app.FileError:
		return fileHint(e)
	case *app.NothingToPlayError:
		return nothingToPlayHint(e)
	case *sshserver.KeyFileError:
		return keyFileHint(e)
	case *app.SSHListenError:
		return "take another port: picotop --headless --ssh :2323"
	case *exporter.AddrError:
		return "give a port, or an address and a port, such as: --listen 8000, --listen 127.0.0.1:8000 or --listen [::1]:8000"
	case *exporter.ListenError:
		return listenHint(e)
	case *exporter.WebConfigError:
		return "its form: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md"
	case *feed.JoinError:
		return interfaceHint(e.Able, "no interface is up with multicast enabled; check with: ip link")
	case *feed.BindError:
		if len(e.Have) == 0 {
			return "it has none; check with: ip address"
		}
		return fmt.Sprintf("it has %s: picotop --bind %s", strings.Trim(fmt.Sprint(e.Have), "[]"), e.Have[0])
	case *multicast.InterfaceError:
		return interfaceHint(e.Able, "no interface is up that carries multicast; check with: ip link")
	case *multicast.SendError:
		return "is the network up? Check with: ip address"
	case *peer.DeniedError:
		return "write user:password or Bearer TOKEN into a file that only you can read, and give it with --from-credentials FILE; a server of many tenants also wants --from-tenant NAME"
	case *history.NoHistoryError:
		return "name the place; that of the service is: --data /var/lib/picotop"
	case *history.NoSensorError:
		if len(e.Known) == 0 {
			return "it has none at all"
		}
		return "it has: " + strings.Join(e.Known, ", ")
	case *history.DamagedError:
		return "start picotop: it moves what is damaged aside, and goes on with the rest"
	case *history.InUseError:
		return "see which one with: fuser -v " + format.ShellQuote(e.Lock)
	case *history.FileError:
		return importHint(e)
	case *history.DirError:
		return historyDirHint(e)
	case *capture.NoRoomError:
		return "make room, or name a file on another disk; what was written before is kept, and can be replayed"
	case *capture.ForeignError:
		return "make one with: picotop record house.pcapng"
	case *capture.DamagedError:
		return "what comes before that was used; if the file was copied, copy it again"
	}
	return ""
}

// noPeerHint leads to a picotop that answers.
func noPeerHint(e *app.NoPeerError) string {
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	switch {
	case errors.As(e.Err, &unknown):
		return "nobody here vouches for its certificate; if you trust it, name its file: SSL_CERT_FILE=cert.pem picotop --from " + e.At
	case errors.As(e.Err, &wrongName):
		return "its certificate is for another name; use one that it is for, such as: picotop --from https://" + firstName(wrongName.Certificate)
	case filepath.IsAbs(e.At):
		return "is the service running here? try: curl --unix-socket " + format.ShellQuote(e.At) + " http://picotop/-/healthy"
	}
	return "is the service running there? try: curl " + e.At + "/-/healthy"
}

// firstName is a name that a certificate is for.
func firstName(c *x509.Certificate) string {
	switch {
	case len(c.DNSNames) > 0:
		return c.DNSNames[0]
	case len(c.IPAddresses) > 0:
		return c.IPAddresses[0].String()
	}
	return "NAME"
}

// fileHint leads to a file that can be used.
func fileHint(e *app.FileError) string {
	switch {
	case errors.Is(e.Err, fs.ErrExist):
		return "name another file, or overwrite it with --force"
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.EDQUOT), errors.Is(e.Err, syscall.EFBIG):
		return "make room, or name a file on another disk; what was written before is kept, and can be replayed"
	}
	if text := hint(e.Err); text != "" {
		return text
	}
	if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
		return "name a file in it: ls -l " + format.ShellQuote(e.Name)
	}
	dir := filepath.Dir(e.Name)
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return "see what is there: ls -l " + format.ShellQuote(dir)
}

// interfaceHint leads to a network interface that can be used; none is told where
// there is none.
func interfaceHint(able []string, none string) string {
	if len(able) == 0 {
		return none
	}
	return "try --interface with one of: " + strings.Join(able, ", ")
}

// listenHint leads to an address that can be served on.
func listenHint(e *exporter.ListenError) string {
	host, port, _ := net.SplitHostPort(e.Addr) // it is canonical
	typed := func(port string) string {
		if host == "" {
			return port
		}
		return net.JoinHostPort(host, port)
	}
	switch {
	case errors.Is(e.Err, syscall.EADDRINUSE):
		return fmt.Sprintf("another program holds port %s; see who: ss -ltnp 'sport = :%s'; or choose another: --listen %s",
			port, port, typed(portBeside(port)))
	case errors.Is(e.Err, syscall.EACCES):
		return "ports below 1024 need a privilege; choose another: --listen " + typed("8000")
	case errors.Is(e.Err, syscall.EADDRNOTAVAIL):
		return "this machine has no such address; see which it has: ip address; or serve on all of them: --listen " + port
	}
	return "serve on all addresses of this machine: --listen " + port
}

// portBeside is a port near one that is taken.
func portBeside(port string) string {
	n, err := strconv.Atoi(port)
	if err != nil || n >= 65535 {
		return "8000"
	}
	return strconv.Itoa(n + 1)
}

// isNewer reports whether a history was written by a later picotop.
func isNewer(err error) bool {
	_, ok := errors.AsType[*history.NewerError](err)
	return ok
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// historyDirHint leads to a directory that can keep a history.
func historyDirHint(e *history.DirError) string {
	at := e.Dir
	if p, ok := errors.AsType[*fs.PathError](e.Err); ok {
		at = p.Path // that which stands in the way
	}
	dir := format.ShellQuote(e.Dir)
	switch {
	case errors.Is(e.Err, syscall.ENOTDIR):
		return fmt.Sprintf("move the file out of the way with: mv %s %s", format.ShellQuote(at), format.ShellQuote(at+".old"))
	case errors.Is(e.Err, fs.ErrPermission):
		if _, err := os.Stat(e.Dir); err != nil {
			return `make it yours with: sudo install -d -o "$USER" ` + dir
		}
		return `make it yours with: sudo chown -R "$USER" ` + dir
	case errors.Is(e.Err, syscall.EROFS):
		return "see what is mounted there with: findmnt -T " + dir
	case errors.Is(e.Err, syscall.ENOSPC):
		parent := format.ShellQuote(filepath.Dir(e.Dir))
		return fmt.Sprintf("see how full the disk is, and how many files it can take: df -h %s; df -i %s", parent, parent)
	case errors.Is(e.Err, syscall.EMFILE):
		return "let it open more files, and start it again: ulimit -n 1024"
	case errors.Is(e.Err, syscall.ENFILE):
		return "too many files are open on this machine; see by whom: sudo lsof | awk '{print $1}' | sort | uniq -c | sort -n | tail"
	case errors.Is(e.Err, syscall.EIO):
		return "the disk may be broken; see what the system says of it: sudo dmesg | tail -n 20"
	case errors.Is(e.Err, history.ErrForeign):
		return "choose another directory; what is in this one shows: ls -l " + dir
	case isNewer(e.Err):
		return "install the newer picotop again, or set its history aside and begin a new one with: mv " + dir + " " + format.ShellQuote(e.Dir+".newer")
	case !exists(e.Dir):
		return "name a directory that can be made: picotop --data DIR"
	}
	return fmt.Sprintf("set it aside and begin a new one with: mv %s %s", dir, format.ShellQuote(e.Dir+".old"))
}
