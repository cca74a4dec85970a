package host

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const udpHeading = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"

func TestWhoHoldsAPort(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	link := func(to string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink}
	}
	socket := udpHeading + "  101: 00000000:2BE3 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 4711 2 0000000000000000 17\n"
	anyone := SocketOwner{UID: 1000, Inode: 4711, Drops: 17}
	named := anyone
	named.PID, named.Program = 812, "python3 exporter.py"
	service := named
	service.Unit = "temps.service"

	tests := map[string]struct {
		proc fstest.MapFS
		want []SocketOwner
		name string
		stop string // by user 1000
	}{
		"nobody": {proc: fstest.MapFS{"net/udp": file(udpHeading)}},
		"another user's program, which is not shown": {
			proc: fstest.MapFS{"net/udp": file(socket)},
			want: []SocketOwner{anyone},
			name: "a program of user 1000",
		},
		"a script, of which the arguments are not told": {
			proc: fstest.MapFS{
				"net/udp":     file(socket),
				"812/fd/0":    link("/dev/null"),
				"812/fd/3":    link("socket:[4711]"),
				"812/cmdline": file("/usr/bin/python3\x00-u\x00/home/pi/exporter.py\x00--password=x\x00"),
				"812/cgroup":  file("0::/user.slice/user-1000.slice/session-1.scope\n"),
			},
			want: []SocketOwner{named},
			name: "python3 exporter.py (pid 812)",
			stop: "kill 812",
		},
		"a service": {
			proc: fstest.MapFS{
				"net/udp":     file(socket),
				"812/fd/3":    link("socket:[4711]"),
				"812/cmdline": file("python3\x00exporter.py\x00"),
				"812/cgroup":  file("0::/system.slice/temps.service\n"),
			},
			want: []SocketOwner{service},
			name: "python3 exporter.py (temps.service, pid 812)",
			stop: "sudo systemctl disable --now temps.service",
		},
		"on another port": {proc: fstest.MapFS{
			"net/udp": file(udpHeading + "  101: 00000000:270F 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 4711 2 0000000000000000 0\n"),
		}},
		"by IPv6, which takes IPv4 too": {
			proc: fstest.MapFS{
				"net/udp":  file(udpHeading),
				"net/udp6": file(udpHeading + "  101: 00000000000000000000000000000000:2BE3 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 0000000000000000 0\n"),
			},
			want: []SocketOwner{{Inode: 9}},
			name: "a program of root",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := UDPSocketOwners(tt.proc, 11235)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("owners (-want +got):\n%s", diff)
			}
			if text := SocketOwnerNames(got); text != tt.name {
				t.Errorf("named %q, want %q", text, tt.name)
			}
			for _, o := range got {
				if stop := o.StopCommand(1000); stop != tt.stop {
					t.Errorf("stopped by %q, want %q", stop, tt.stop)
				}
			}
		})
	}
}

func TestASystemThatDoesNotTellWhoHoldsAPort(t *testing.T) {
	if _, err := UDPSocketOwners(fstest.MapFS{}, 11235); err == nil {
		t.Error("no error without /proc/net/udp")
	}
}

func TestAProgramCannotWriteOnTheScreen(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	got, err := UDPSocketOwners(fstest.MapFS{
		"net/udp":     file(udpHeading + "  101: 00000000:2BE3 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 4711 2 0000000000000000 17\n"),
		"812/fd/3":    &fstest.MapFile{Data: []byte("socket:[4711]"), Mode: fs.ModeSymlink},
		"812/cmdline": file("\x1b[2Jevil\u202e\nname" + strings.Repeat("x", 200) + "\x00"),
	}, 11235)
	if err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	if want := "[2Jevil name" + strings.Repeat("x", 52); got[0].Program != want {
		t.Errorf("program %q, want %q", got[0].Program, want)
	}
}
