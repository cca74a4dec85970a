package cli

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"picotop/feed"
	"picotop/internal/app"
	"picotop/internal/capture"
	"picotop/internal/format"
)

// recordCommand returns the command that records what the network carries.
func recordCommand(p Program) *cobra.Command {
	var (
		cfg     app.RecordConfig
		network = newNetworkFlags()
		length  durationValue
		maxSize = recordSizeValue(1 << 30)
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
			cfg.Version, cfg.File, cfg.Stdout = p.Version, args[0], p.Out
			cfg.Length, cfg.MaxBytes = time.Duration(length), int64(maxSize)
			cfg.Group, cfg.Ports, cfg.Interfaces = netip.Addr(network.group), network.ports.ports, network.interfaces
			return record(cmd.Context(), cfg, p)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&length, "for", "stop after this time")
	f.Var(&maxSize, "max-size", "stop when the file is this long")
	f.BoolVar(&cfg.Force, "force", false, "overwrite the file if it exists")
	network.add(f)
	return cmd
}

// record records, and tells how it goes.
func record(ctx context.Context, cfg app.RecordConfig, p Program) error {
	started := time.Now()
	out := p.Out
	if cfg.File == capture.Stdio {
		out = p.Err
	}
	line := newProgressLine(out, started)
	length := "; stop with ctrl+c"
	if cfg.Length > 0 {
		length = " for " + format.Duration(cfg.Length)
	}
	cfg.OnStart = func() {
		line.printf("recording group %s, %s, into %s%s", cfg.Group, format.Ports(cfg.Ports), cfg.File, length)
	}
	cfg.OnBlocked = func(port feed.PortHealth) {
		line.printf("port %d: %s, trying again", port.Port, port.Why)
	}
	cfg.OnProgress = func(now time.Time, progress capture.Progress) {
		line.update(now, format.Clock(now.Sub(started))+"  "+recorded(progress, 0))
	}
	r, err := app.Record(ctx, cfg)
	if err != nil {
		return err
	}
	if r.Full {
		line.printf("%s is as long as it may be: --max-size %s", cfg.File, sizeText(cfg.MaxBytes))
	}
	line.printf("%s: %s", cfg.File, recorded(r.Progress, r.Length))
	if n := (feed.Health{Refused: r.Refused}).RefusedTotal(); n > 0 {
		line.printf("picotop would have refused %s: %s", format.Count(n, "packet"), refusals(r.Refused))
	}
	if r.Drops > 0 {
		line.printf("the system lost %s more", format.Count(r.Drops, "packet"))
	}
	return nil
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
