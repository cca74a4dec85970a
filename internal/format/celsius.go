package format

import (
	"fmt"
	"math"
)

// Celsius is a temperature to a tenth of a degree, without its unit. Adding zero
// turns a minus zero, such as -0.04 becomes, into zero.
func Celsius(celsius float64) string {
	return fmt.Sprintf("%.1f", math.Round(celsius*10)/10+0)
}
