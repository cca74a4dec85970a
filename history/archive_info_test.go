package history

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestInfo(t *testing.T) {
	if _, err := OpenView(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "there is no history in ") {
		t.Errorf("an empty directory: %v", err)
	}
	dir := t.TempDir()
	writeHalfDay(t, dir)
	look := func() Info {
		v, err := OpenView(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		info, err := v.Info(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	info := look()
	last := noon.Add(12*time.Hour - 30*time.Second)
	if info.Samples != 4320 || info.Series != 3 || len(info.Sensors) != 3 || !info.Oldest.Equal(noon) || !info.Newest.Equal(last) || info.Bytes == 0 || info.Damaged != nil {
		t.Errorf("%+v", info)
	}
	remove(t, filepath.Join(blocks(t, dir)[0], "index"))
	if info := look(); len(info.Damaged) != 1 {
		t.Errorf("damaged: %+v", info)
	}
	open(t, dir)
	if info := look(); info.Damaged != nil || len(info.Quarantine) != 1 || info.QuarantineBytes == 0 {
		t.Errorf("set aside: %+v", info)
	}
}
