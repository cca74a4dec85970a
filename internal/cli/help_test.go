package cli

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file in testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = filepath.Join("..", "..", "testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestHelpTexts holds what each command says of itself: its flags are typed by
// people and stand in their scripts.
func TestHelpTexts(t *testing.T) {
	for _, command := range []string{
		"", "history", "history info", "history export", "history import", "history merge",
		"record", "replay", "simulate", "doctor",
	} {
		t.Run("picotop "+command, func(t *testing.T) {
			var out, errs bytes.Buffer
			s := Streams{In: strings.NewReader(""), Out: &out, Err: &errs}
			if err := execute(t.Context(), append(strings.Fields(command), "--help"), s); err != nil {
				t.Fatal(err)
			}
			if errs.Len() > 0 {
				t.Errorf("on stderr: %q", errs.String())
			}
			name := strings.ReplaceAll(strings.TrimSpace("picotop "+command), " ", "-")
			golden(t, "help/"+name+".txt", trimmed(out.Bytes()))
		})
	}
}

// trimmed takes away the blanks with which lines are filled up.
func trimmed(text []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		_, _ = io.WriteString(&out, strings.TrimRight(string(line), " \n")+"\n")
	}
	return out.Bytes()
}
