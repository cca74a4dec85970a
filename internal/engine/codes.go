package engine

// sensorCodes are the ROM codes of sensors by their names; empty where several have the
// name, of which nobody knows which one is meant.
type sensorCodes map[string]string

// learn takes what a reading tells, unless it tells no code.
func (c sensorCodes) learn(r Reading) {
	if r.Sensor == "" {
		return
	}
	code := r.Sensor
	if other, ok := c[r.SensorName]; ok && other != code {
		code = ""
	}
	c[r.SensorName] = code
}
