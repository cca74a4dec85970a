package house

import "strings"

// SensorName is the name with all white space removed: the label that the
// first exporter gave, which people's alert rules use.
func SensorName(name string) string {
	return strings.Join(strings.Fields(name), "")
}

// FriendlyName is the sensor name with a space put before every capital A to
// Z: "ColdWaterTank" becomes "Cold Water Tank", and "TVRoom" "T V Room".
func FriendlyName(name string) string {
	var b strings.Builder
	for i, r := range SensorName(name) {
		if i > 0 && 'A' <= r && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
