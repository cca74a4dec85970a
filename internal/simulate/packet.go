package simulate

// temperature is what a Pico sends for one sensor.
type temperature struct {
	Type        string  `json:"type"`
	Name        string  `json:"name"`
	Sensor      string  `json:"sensor"` // ROM code
	Temperature float64 `json:"temperature"`
	Offset      float64 `json:"offset"`
}

func newTemperature(name, rom string, celsius, offset float64) temperature {
	return temperature{"temperature", name, rom, celsius, offset}
}

// status is what a Pico sends after a feed call.
type status struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	Status string `json:"status"`
}

func newStatus(name, text string) status { return status{"status", name, text} }
