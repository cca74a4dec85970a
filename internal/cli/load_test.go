package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"golang.org/x/net/ipv4"
)

const (
	// loadRate is how many datagrams a second picotop is to take.
	loadRate = 100_000
	// loadHosts send them, so that none of them sends more than a host may.
	loadHosts = 64
)

// loadGroup is where they send.
var loadGroup = netip.MustParseAddr("239.0.0.1")

// BenchmarkLoad measures a whole picotop with one processor while it hears
// 100,000 datagrams a second on the loopback interface: how many of them it
// does not apply, and what each costs. BenchmarkBareLoop is a loop that does
// nothing but read them. Run both with -benchtime 1000000x.
func BenchmarkLoad(b *testing.B) {
	udp, web := freeUDP(b), "127.0.0.1:"+strconv.Itoa(int(freeTCP(b)))
	stop := startOn1(b, nil, "picotop", "--headless", "--no-history", "-s", web, "-p", strconv.Itoa(int(udp)), "-i", "lo")
	defer stop()
	awaitReady(b, "http://"+web+"/-/ready")
	before := scrape(b, "http://"+web+"/metrics")
	b.ResetTimer()
	load(b, udp)
	b.StopTimer()
	after := scrape(b, "http://"+web+"/metrics")
	arrived, refused := after["picotop_datagrams_total"]-before["picotop_datagrams_total"], after["picotop_refused_datagrams_total"]
	reportLoad(b, uint64(arrived-refused), after["process_cpu_seconds_total"]-before["process_cpu_seconds_total"])
}

// BenchmarkBareLoop is what BenchmarkLoad is to be compared with.
func BenchmarkBareLoop(b *testing.B) {
	udp := freeUDP(b)
	said := &strings.Builder{}
	stop := startOn1(b, said, "bareloop", strconv.Itoa(int(udp)))
	time.Sleep(200 * time.Millisecond)
	b.ResetTimer()
	load(b, udp)
	b.StopTimer()
	stop()
	var n uint64
	var cpu float64
	if _, err := fmt.Sscan(said.String(), &n, &cpu); err != nil {
		b.Fatal(err)
	}
	reportLoad(b, n, cpu)
}

func reportLoad(b *testing.B, applied uint64, cpu float64) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s")
	b.ReportMetric(float64(b.N)-float64(applied), "lost")
	b.ReportMetric(cpu*1e9/float64(b.N), "cpu-ns/packet")
}

// startOn1 starts a program of which only one thread runs at a time.
func startOn1(b *testing.B, out io.Writer, name string, args ...string) (stop func()) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "HOME="+b.TempDir())
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
}

// load sends b.N datagrams from a process of its own.
func load(b *testing.B, port uint16) {
	b.Helper()
	cmd := exec.Command("load", strconv.Itoa(int(port)), strconv.Itoa(b.N))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
}

// sendLoad is the program load.
func sendLoad() {
	port, n := os.Args[1], os.Args[2]
	if err := sendPaced(port, n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sendPaced(port, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	to, err := net.ResolveUDPAddr("udp4", loadGroup.String()+":"+port)
	if err != nil {
		return err
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	var conns []*ipv4.PacketConn
	for i := range loadHosts {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 1, 0, byte(i+1))})
		if err != nil {
			return err
		}
		defer c.Close()
		conns = append(conns, ipv4.NewPacketConn(c))
		if err := conns[i].SetMulticastInterface(lo); err != nil {
			return err
		}
	}
	started := time.Now()
	for i := range n {
		due := started.Add(time.Duration(i) * time.Second / loadRate)
		for time.Until(due) > 0 {
			time.Sleep(50 * time.Microsecond)
		}
		payload := fmt.Appendf(nil, `{"type": "temperature", "name": "Sensor %d", "sensor": "28ff%012x", "temperature": %.4f, "offset": 0}`,
			i%loadHosts, i%loadHosts, 20+float64(i%16)/16)
		if _, err := conns[i%loadHosts].WriteTo(payload, nil, to); err != nil {
			return err
		}
	}
	// What is left in the receiver's buffer is gone within a moment.
	time.Sleep(100 * time.Millisecond)
	return nil
}

// bareLoop is the program bareloop: it reads until it is told to stop, and
// says how many datagrams it read and what CPU time that took, in seconds.
func bareLoop() {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	port, err := strconv.ParseUint(os.Args[1], 10, 16)
	if err != nil {
		panic(err)
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		panic(err)
	}
	c, err := net.ListenMulticastUDP("udp4", lo, &net.UDPAddr{IP: loadGroup.AsSlice(), Port: int(port)})
	if err != nil {
		panic(err)
	}
	_ = c.SetReadBuffer(4 << 20)
	context.AfterFunc(ctx, func() { _ = c.Close() })
	buf := make([]byte, 4096)
	n := 0
	for {
		if _, _, err := c.ReadFromUDPAddrPort(buf); err != nil {
			break
		}
		n++
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	fmt.Println(n, time.Duration(u.Utime.Nano()+u.Stime.Nano()).Seconds())
}

// scrape sums up each metric of a page.
func scrape(b *testing.B, url string) map[string]float64 {
	b.Helper()
	resp, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bufio.NewReader(resp.Body))
	if err != nil {
		b.Fatal(err)
	}
	sums := map[string]float64{}
	for name, f := range families {
		for _, m := range f.GetMetric() {
			sums[name] += m.GetCounter().GetValue()
		}
	}
	return sums
}

func awaitReady(b *testing.B, url string) {
	b.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if resp, err := http.Get(url); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
	}
	b.Fatal("not ready within 10 s: ", url)
}

func freeUDP(b *testing.B) uint16 {
	b.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}

func freeTCP(b *testing.B) uint16 {
	b.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort().Port()
}
