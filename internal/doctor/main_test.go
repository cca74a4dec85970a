package doctor

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/ipv4"
)

var group = netip.MustParseAddr("239.0.0.1")

const testPort = 11235

// The test binary is also what runs on the hosts of a test: a doctor, a Pico
// or a program that keeps the port to itself.
const (
	roleEnv = "PICOTOP_TEST_ROLE"
	argEnv  = "PICOTOP_TEST_ARG"
)

func TestMain(m *testing.M) {
	roles := map[string]func(context.Context, string) error{"doctor": beDoctor, "pico": bePico, "hog": beHog, "member": beMember}
	if role := roles[os.Getenv(roleEnv)]; role != nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err := role(ctx, os.Getenv(argEnv))
		stop()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// The tests mostly wait for others.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// beDoctor examines its host for as long as arg says, and writes the report.
func beDoctor(ctx context.Context, arg string) error {
	listening, err := time.ParseDuration(arg)
	if err != nil {
		return err
	}
	r := Run(ctx, Config{
		Group: group, Ports: []uint16{testPort, 9999}, Data: os.TempDir(), ListenFor: listening,
		Now: time.Now, Proc: os.DirFS("/proc"),
	})
	return json.NewEncoder(os.Stdout).Encode(r)
}

// bePico sends a packet ten times a second. arg is the port, or address and
// port, and the payload.
func bePico(ctx context.Context, arg string) error {
	where, payload, _ := strings.Cut(arg, " ")
	if !strings.Contains(where, ":") {
		where = group.String() + ":" + where
	}
	to, err := net.ResolveUDPAddr("udp4", where)
	if err != nil {
		return err
	}
	in, err := net.InterfaceByName("eth0")
	if err != nil {
		return err
	}
	for i := 0; ctx.Err() == nil; i++ {
		// As a Pico does: a socket for each packet.
		c, err := net.ListenPacket("udp4", "0.0.0.0:0")
		if err != nil {
			return err
		}
		if err := ipv4.NewPacketConn(c).SetMulticastInterface(in); err != nil {
			return err
		}
		if _, err := c.WriteTo([]byte(payload), to); err != nil {
			return err
		}
		if err := c.Close(); err != nil {
			return err
		}
		if i == 0 {
			fmt.Println("ready")
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}

// beHog binds a port as the first exporter does, and does not share it.
func beHog(ctx context.Context, arg string) error {
	c, err := net.ListenPacket("udp4", "0.0.0.0:"+arg)
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}

// beMember joins the group on a port that no Pico sends to.
func beMember(ctx context.Context, _ string) error {
	c, err := net.ListenPacket("udp4", "0.0.0.0:0")
	if err != nil {
		return err
	}
	defer c.Close()
	in, err := net.InterfaceByName("eth0")
	if err != nil {
		return err
	}
	if err := ipv4.NewPacketConn(c).JoinGroup(in, &net.UDPAddr{IP: group.AsSlice()}); err != nil {
		return err
	}
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}
