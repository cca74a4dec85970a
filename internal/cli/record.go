package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"picotop/feed"
	"picotop/internal/capture"
	"picotop/internal/format"
	"picotop/internal/host"
)

// recording is what the user asked to record.
type recording struct {
	file       string
	force      bool
	maxBytes   int64         // of the file
	length     time.Duration // 0 means until it is told to stop
	group      netip.Addr
	ports      []uint16
	interfaces []string // empty means all
}

// recordCommand returns the command line of record.
func recordCommand(s Streams) *cobra.Command {
	var (
		r          recording
		group      = groupValue(defaultGroup)
		ports      = portsValue{ports: defaultPorts()}
		interfaces interfacesValue
		length     durationValue
		maxSize    = recordSizeValue(1 << 30)
	)
	cmd := &cobra.Command{
		Use:   "record FILE",
		Short: "Write what the network carries into a file",
		Long: `picotop record writes every packet that comes to the ports into a file, also
those that picotop refuses, until ctrl+c, or until the file is as long as it may be or
the disk nearly full. Wireshark reads the file, and so does picotop replay. A
single - instead of a name is for a program that reads along.`,
		Example: "picotop record house.pcapng --for 10m\nssh raspberrypi picotop record - | wireshark -k -i -",
		Args:    oneFile("picotop record house.pcapng"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.file, r.length, r.maxBytes = args[0], time.Duration(length), int64(maxSize)
			r.group, r.ports, r.interfaces = netip.Addr(group), ports.ports, interfaces
			return r.run(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&length, "for", "stop after this time")
	f.Var(&maxSize, "max-size", "stop when the file is this long")
	f.BoolVar(&r.force, "force", false, "overwrite the file if it exists")
	f.VarP(&group, "group", "g", "multicast group that the Picos send to")
	f.VarP(&ports, "port", "p", "port to hear, repeatable")
	f.VarP(&interfaces, "interface", "i", "network to hear, by name or address, repeatable")
	return cmd
}

// run records until ctx ends, the time is over, or there is no more room.
func (r recording) run(ctx context.Context, s Streams) error {
	file, err := openRecordFile(r.file, r.force, s.Out)
	if err != nil {
		return err
	}
	words := s.Out
	if r.file == toStdout {
		words = s.Err
	}
	recorder := capture.NewRecorder(capture.RecorderConfig{
		File: file, Program: "picotop " + host.Version(""),
		Interfaces: upInterfaces(r.interfaces), Name: interfaceName,
		MaxBytes: r.maxBytes, Room: file.room,
	})
	err = r.hear(ctx, file, recorder, newProgress(words, time.Now()))
	err = errors.Join(err, file.close())
	if _, ok := errors.AsType[*feed.JoinError](err); ok {
		return err
	}
	if err != nil {
		return &fileError{name: r.file, err: err}
	}
	return nil
}

// hear listens and records until ctx ends or the time is over.
func (r recording) hear(ctx context.Context, file *recordFile, recorder *capture.Recorder, p *progress) error {
	started := time.Now()
	length := "; stop with ctrl+c"
	if r.length > 0 {
		length = " for " + format.Duration(r.length)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.length)
		defer cancel()
	}
	listener := feed.New(feed.Config{
		Group: r.group, Ports: r.ports, Interfaces: r.interfaces, Tap: recorder.Put,
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})

	g, ctx := errgroup.WithContext(ctx)
	// What was heard last is written down after the listening has ended.
	writing, heard := context.WithCancel(context.WithoutCancel(ctx))
	packets := make(chan feed.Packet, packetsWaiting)
	g.Go(func() error {
		defer heard()
		return listener.Run(ctx, packets)
	})
	g.Go(func() error {
		// Nothing of an older file is touched before it is known that there
		// is something to listen to.
		select {
		case <-listener.Ready():
		case <-ctx.Done():
			return nil
		}
		if err := file.begin(); err != nil {
			return err
		}
		p.say("recording group %s, %s, into %s%s", r.group, format.Ports(r.ports), r.file, length)
		g.Go(func() error { r.watch(ctx, watched{recorder, listener, packets}, p, started); return nil })
		return recorder.Run(writing)
	})
	err := g.Wait()
	if errors.Is(err, capture.ErrMaxBytes) {
		p.say("%s is as long as it may be: --max-size %s", r.file, (*recordSizeValue)(&r.maxBytes))
		err = nil
	}
	if err != nil {
		return err
	}
	p.say("%s: %s", r.file, recorded(recorder.Progress(), time.Since(started)))
	if n := listener.Health().RefusedTotal(); n > 0 {
		p.say("picotop would have refused %s: %s", format.Count(n, "packet"), refusals(listener.Health().Refused))
	}
	if n := listener.Health().Drops(); n > 0 {
		p.say("the system lost %s more", format.Count(n, "packet"))
	}
	return nil
}

// watched is what a recording is made of.
type watched struct {
	recorder *capture.Recorder
	listener *feed.Listener
	packets  <-chan feed.Packet
}

// watch tells how the recording goes, and throws away what was decoded.
func (r recording) watch(ctx context.Context, w watched, p *progress, started time.Time) {
	blocked := map[uint16]bool{}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.packets:
		case now := <-tick.C:
			for _, port := range w.listener.Health().Ports {
				is := port.State == feed.Blocked
				if is && !blocked[port.Port] {
					p.say("port %d: %s, trying again", port.Port, port.Why)
				}
				blocked[port.Port] = is
			}
			p.tell(now, format.Clock(now.Sub(started))+"  "+recorded(w.recorder.Progress(), 0))
		}
	}
}

// recorded puts the progress of a recording into words; took is left out if
// it is 0.
func recorded(p capture.Progress, took time.Duration) string {
	text := format.Count(p.Packets, "packet") + ", " + format.Bytes(p.Bytes)
	if took > 0 {
		text += " in " + format.Duration(took)
	}
	if p.Lost > 0 {
		text += fmt.Sprintf("; %s came faster than the disk took them", format.Count(p.Lost, "packet"))
	}
	return text
}

// refusals lists what was refused: "2 not_json, 1 empty".
func refusals(all []feed.Refusals) string {
	var texts []string
	for _, r := range all {
		if r.Count > 0 {
			texts = append(texts, fmt.Sprintf("%d %s", r.Count, r.Reason))
		}
	}
	return strings.Join(texts, ", ")
}

// upInterfaces lists the network interfaces that a recording names from the
// start: those that are up, or of these the ones that were asked for by name.
func upInterfaces(wanted []string) []capture.Interface {
	var up, named []capture.Interface
	all, _ := net.Interfaces() // those that are missing are named when they are heard
	for _, in := range all {
		if in.Flags&net.FlagUp == 0 {
			continue
		}
		up = append(up, capture.Interface{Index: in.Index, Name: in.Name})
		if slices.Contains(wanted, in.Name) {
			named = append(named, up[len(up)-1])
		}
	}
	switch {
	case len(named) > 0:
		return named
	case len(up) > 0:
		return up
	}
	return []capture.Interface{{Name: interfaceName(0)}}
}

func interfaceName(index int) string {
	in, err := net.InterfaceByIndex(index)
	if err != nil {
		return fmt.Sprintf("interface %d", index)
	}
	return in.Name
}
