package doctor

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

func TestInspectStoreChangesNothing(t *testing.T) {
	dir := t.TempDir()
	s := inspectStore(filepath.Join(dir, "a", "b"), fstest.MapFS{})
	if s.exists || s.parent != dir || s.writeErr != nil {
		t.Errorf("a directory to be made: %+v", s)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("it left %v, error %v", entries, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s := inspectStore(filepath.Join(dir, "file", "b"), fstest.MapFS{}); !s.isFile {
		t.Errorf("a file in the way: %+v", s)
	}
}
