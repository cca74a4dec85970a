package ui

import (
	"math"
	"testing"
)

func TestSparkline(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		values []float64
		want   string
	}{
		"all of its scale":         {[]float64{0, 1, 2, 3, 4, 5, 6, 7}, "▁▂▃▄▄▅▆▇"},
		"below zero":               {[]float64{-10, -5, -3}, "▁▅▇"},
		"across zero":              {[]float64{-1, 0, 1}, "▁▄▇"},
		"small changes stay small": {[]float64{4.0, 4.0625, 4.0}, "▁▁▁"},
		"flat":                     {[]float64{-7, -7}, "▁▁"},
		"a gap":                    {[]float64{0, nan, 7}, "▁·▇"},
		"a gap at the start":       {[]float64{nan, 7, 0}, "·▇▁"},
		"nothing but gaps":         {[]float64{nan, nan}, "··"},
		"nothing":                  {nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var own scale
			own.include(tt.values)
			if got := string(blocks(blockLevels(tt.values, own))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
