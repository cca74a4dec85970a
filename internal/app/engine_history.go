package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"picotop/history"
	"picotop/internal/engine"
	"picotop/internal/host"
)

// A SeveralHousesError says that the readings of one house were wanted, and that several
// match.
type SeveralHousesError struct {
	N       int
	Example string // a selector of one of them
}

func (e *SeveralHousesError) Error() string { return fmt.Sprintf("%d houses match", e.N) }

// A NoEngineError says that what was named keeps no readings that could be taken along.
type NoEngineError struct{ At string }

func (e *NoEngineError) Error() string {
	return e.At + " is no Prometheus, nor does it answer as one does"
}

// oneHouse returns a client of the engine that a configuration names, and the house there.
func oneHouse(ctx context.Context, cfg Config) (*engine.Client, string, error) {
	if cfg.From.URL == nil {
		return nil, "", &NoEngineError{At: cfg.From.String()}
	}
	cfg.HouseLabel = cmp.Or(cfg.HouseLabel, engine.DefaultHouseLabel)
	client, err := findEngine(ctx, cfg)
	if err != nil {
		return nil, "", err
	}
	names, err := houseNames(ctx, cfg, client)
	if err != nil || len(names) > 1 {
		client.Close()
		if err == nil {
			err = &SeveralHousesError{N: len(names), Example: fmt.Sprintf("{%s=%q}", cfg.HouseLabel, names[0])}
		}
		return nil, "", err
	}
	return client, names[0], nil
}

// houseNames are the houses of an engine; the one without a name if there are none.
func houseNames(ctx context.Context, cfg Config, client *engine.Client) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	list, err := newEngineHouses(client, rulesOf(cfg.File), time.Now).read(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, h := range list.Houses {
		names = append(names, h.Key)
	}
	if len(names) == 0 {
		names = []string{""}
	}
	return names, nil
}

// engineYears is how far back an engine is asked for readings, unless it is told.
const engineYears = 10

// ExportEngine writes the readings that an engine keeps, as ExportHistory does those of a
// history. The house is told by from, and the rest by cfg.
func ExportEngine(ctx context.Context, from Config, cfg ExportConfig) (n uint64, err error) {
	if cfg.File == Stdio {
		cfg.File = ""
	}
	if err := refuseExisting(cfg); err != nil {
		return 0, err
	}
	client, house, err := oneHouse(ctx, from)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	err = writeWhole(cfg.File, cfg.Out, func(w io.Writer) error {
		n, err = exportTo(ctx, client, house, cfg, w)
		return err
	})
	return n, err
}

// exportTo writes the readings of a house.
func exportTo(ctx context.Context, client *engine.Client, house string, cfg ExportConfig, w io.Writer) (n uint64, err error) {
	if cfg.Since.IsZero() {
		cfg.Since = time.Now().AddDate(-engineYears, 0, 0)
	}
	out := history.NewWriter(w, cfg.Format)
	err = client.Export(ctx, engine.Selection{House: house, Sensor: cfg.Sensor, Since: cfg.Since}, cfg.Progress, func(r engine.Reading) error {
		n++
		return out.Write(history.Sample{Sensor: r.Sensor, SensorName: r.SensorName, FriendlyName: r.FriendlyName, At: r.At, Celsius: r.Celsius})
	})
	if err != nil {
		return n, err
	}
	return n, out.Close()
}

// ImportEngine takes in the readings that an engine keeps of one house, while no picotop
// runs. What is there already is not taken in twice. progress is told from 0 to 1.
func ImportEngine(ctx context.Context, from Config, data string, since time.Time, progress func(float64)) (history.Imported, error) {
	client, house, err := oneHouse(ctx, from)
	if err != nil {
		return history.Imported{}, err
	}
	defer client.Close()
	ctx, cancel := context.WithCancel(ctx)
	pipe, w := io.Pipe()
	var exporting sync.WaitGroup
	exporting.Go(func() {
		_, err := exportTo(ctx, client, house, ExportConfig{Since: since, Format: history.OpenMetrics, Progress: progress}, w)
		_ = w.CloseWithError(err) // it never fails
	})
	defer exporting.Wait()
	defer pipe.Close()
	defer cancel()
	done, err := history.Import(ctx, history.Config{Dir: historyDir(data), Built: host.Built()}, pipe)
	if err != nil {
		return done, fmt.Errorf("importing from %s: %w", client, err)
	}
	return done, nil
}
