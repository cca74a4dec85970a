package history

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamesOfARosterAreReadWithDoubt(t *testing.T) {
	tests := map[string]struct{ read, want map[string]string }{
		"words":                  {map[string]string{"28ff01": "cold water tank"}, map[string]string{"28ff01": "cold water tank"}},
		"an old spelling":        {map[string]string{"28FF641E8FDF18C1": "cold tank"}, map[string]string{"28ff641e8fdf18c1": "cold tank"}},
		"an old spelling beside": {map[string]string{"28FF641E8FDF18C1": "old tank", "28ff641e8fdf18c1": "cold tank"}, map[string]string{"28ff641e8fdf18c1": "cold tank"}},
		"no words":               {map[string]string{"28ff01": "Loft", "28ff02": " Loft ", "28ff03": ""}, map[string]string{}},
		"a line break":           {map[string]string{"28ff01": "cold\ntank"}, map[string]string{}},
		"an escape sequence":     {map[string]string{"28ff01": "cold \x1b[2Jtank"}, map[string]string{}},
		"another direction":      {map[string]string{"28ff01": "cold \u202etank"}, map[string]string{}},
		"none":                   {nil, map[string]string{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(map[string]string(cleanNames(tt.read)), tt.want); d != "" {
				t.Errorf("(-got +want):\n%s", d)
			}
		})
	}
	many := map[string]string{}
	for i := range 2 * MaxNames {
		many[fmt.Sprintf("28ff%04x", i)] = "cold tank"
	}
	if got := cleanNames(many); len(got) != MaxNames || got["28ff0000"] == "" {
		t.Errorf("of too many %d are kept, want %d", len(got), MaxNames)
	}
}
