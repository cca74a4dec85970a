package romcode

import "testing"

func TestCanonical(t *testing.T) {
	tests := map[string]struct{ code, want string }{
		"as picotop writes it":     {"28ff641e8fdf18c1", "28ff641e8fdf18c1"},
		"in capitals":              {"28FF641E8FDF18C1", "28ff641e8fdf18c1"},
		"with a dash":              {"28-ff641e8fdf18c1", "28ff641e8fdf18c1"},
		"byte by byte":             {"28:FF:64:1E:8F:DF:18:C1", "28ff641e8fdf18c1"},
		"without a checksum":       {"28-01131b4e9caa", "28-01131b4e9caa"},
		"a name":                   {"Cold Water Tank", "Cold Water Tank"},
		"a name of 16 hex letters": {"deadbeefdeadbeef", "deadbeefdeadbeef"},
		"a name with a dash":       {"Loft-2", "Loft-2"},
		"nothing":                  {"", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Canonical(tt.code); got != tt.want {
				t.Errorf("Canonical(%q) = %q, want %q", tt.code, got, tt.want)
			}
		})
	}
}

func TestIsCode(t *testing.T) {
	for text, want := range map[string]bool{"28-FF641E8FDF18C1": true, "28ff641e8fdf18c1": true, "Loft": false, "28ff": false, "": false} {
		if got := IsCode(text); got != want {
			t.Errorf("IsCode(%q) = %v", text, got)
		}
	}
}

// The law: a canonical code is its own.
func FuzzCanonical(f *testing.F) {
	f.Add("28-FF641e8fdf18c1")
	f.Fuzz(func(t *testing.T, code string) {
		if once := Canonical(code); Canonical(once) != once {
			t.Errorf("Canonical(%q) = %q, and of that %q", code, once, Canonical(once))
		}
	})
}
