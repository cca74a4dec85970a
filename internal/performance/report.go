//go:build linux

package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/template"
	"time"
)

var report = template.Must(template.New("report").Funcs(template.FuncMap{
	"ms":      func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) },
	"median":  median,
	"lowest":  slices.Min[[]time.Duration],
	"highest": slices.Max[[]time.Duration],
	"mb":      func(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) },
	"percent": func(p float64) string { return fmt.Sprintf("%.2f %%", p) },
	"round":   func(n float64) string { return fmt.Sprintf("%.0f", n) },
}).Parse(`# What picotop costs, and how soon it answers

This page is written by a program in the repository, which measures the real program on
pseudo-terminals of 80 by 24:

` + "```sh\ngo run ./internal/performance > docs/performance.md\n```" + `

The last time it ran on {{.Machine}} with {{.Go}}.

## With a year of history

Of {{.Runs}} runs or more, with files that were read before. A start that shows nothing,
` + "`picotop --version`" + `, takes {{ms (median .Version)}} (from {{ms (lowest .Version)}} to {{ms (highest .Version)}}).
{{range .Years}}
### {{.Sensors}} sensors, a reading each {{.Every}}, {{mb .Disk}} on disk

| what | aim | lowest | median | highest |
|---|---|---|---|---|
| from the start to the first picture | 100 ms | {{ms (lowest .FirstPaint)}} | {{ms (median .FirstPaint)}} | {{ms (highest .FirstPaint)}} |
| from a key to the changed screen | 50 ms | {{ms (lowest .Key)}} | {{ms (median .Key)}} | {{ms (highest .Key)}} |
| from a key to the whole chart of a year | | {{ms (lowest .Chart)}} | {{ms (median .Chart)}} | {{ms (highest .Chart)}} |

Memory after all that: {{mb .Resident}} resident, of which {{mb .Anonymous}} are the program's own.
{{end}}
The rest of the memory are parts of files, the program's and the history's, which the
system takes back when it needs the room. The aim with 20 sensors is 40 MB, of which 20 are
the program's own.

## Left alone

24 sensors that each send every 10 seconds, looked at for {{.Idle}}; what an hour takes is
extrapolated.

| | aim | with the focus | without the focus |
|---|---|---|---|
| processor, of one core | 0.25 % | {{percent .Focused.CPU}} | {{percent .Unfocused.CPU}} |
| bytes a second to the terminal | 200 | {{round .Focused.Bytes}} | {{round .Unfocused.Bytes}} |
| kilobytes an hour to the terminal | | {{round .Focused.Hour}} | {{round .Unfocused.Hour}} |

A terminal that says that it has lost the focus gets a picture each ten seconds. The
bytes of a whole hour, with the clock handed in, are counted by a test:

` + "```sh\ngo test ./ui -run TestBytes -v\n```" + `

## The parts

What a frame, a scrape, a query and a commit cost are benchmarks of their packages:

` + "```sh\ngo test -run xxx -bench . ./ui ./exporter ./history\n```" + `
`))

// write writes the page.
func (r *results) write(out io.Writer) error {
	type cost struct{ CPU, Bytes, Hour float64 }
	costs := func(i idle) cost { return cost{i.cpu, i.bytesPerSecond, i.bytesPerSecond * 3600 / 1000} }
	type withYear struct {
		Sensors                   int
		Every                     string
		FirstPaint, Key, Chart    []time.Duration
		Disk, Resident, Anonymous int64
	}
	var years []withYear
	for _, y := range r.years {
		years = append(years, withYear{
			Sensors: y.sensors, Every: spell(y.every), FirstPaint: y.firstPaint, Key: y.key, Chart: y.chart,
			Disk: y.disk, Resident: y.resident, Anonymous: y.anonymous,
		})
	}
	return report.Execute(out, map[string]any{
		"Machine": fmt.Sprintf("%d cores of %s", runtime.NumCPU(), runtime.GOARCH), "Go": runtime.Version(),
		"Runs": r.runs, "Idle": spell(r.idleFor), "Version": r.version, "Years": years,
		"Focused": costs(r.focused), "Unfocused": costs(r.unfocused),
	})
}

// spell writes a duration of whole minutes or seconds.
func spell(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}
