package sensorname

import "testing"

func TestNames(t *testing.T) {
	tests := map[string]struct{ label, friendly, display string }{
		"cold water tank":  {"coldwatertank", "coldwatertank", "cold water tank"},
		"cold  water tank": {"coldwatertank", "coldwatertank", "cold  water tank"},
		"Cold water Tank":  {"ColdwaterTank", "Coldwater Tank", "Cold water Tank"},
		"ColdWaterTank":    {"ColdWaterTank", "Cold Water Tank", "Cold Water Tank"},
		"TVRoom":           {"TVRoom", "T V Room", "T V Room"},
		"TV Room":          {"TVRoom", "T V Room", "TV Room"},
		"Loft":             {"Loft", "Loft", "Loft"},
		" loft ":           {"loft", "loft", "loft"},
		"ÄußereTür":        {"ÄußereTür", "Äußere Tür", "Äußere Tür"},
		"28ff02":           {"28ff02", "28ff02", "28ff02"},
		"":                 {"", "", ""},
	}
	for name, want := range tests {
		if l, f, d := Label(name), Friendly(name), Display(name); l != want.label || f != want.friendly || d != want.display {
			t.Errorf("%q: %q, %q and %q, want %q, %q and %q", name, l, f, d, want.label, want.friendly, want.display)
		}
	}
}
