package homeassistant

// An entity is described to Home Assistant by these fields, named as in
// https://www.home-assistant.io/integrations/sensor.mqtt and binary_sensor.mqtt.
type entity struct {
	Name                string `json:"name"`
	UniqueID            string `json:"unique_id"` // the same for ever, so that it stays one entity
	DeviceClass         string `json:"device_class,omitempty"`
	StateClass          string `json:"state_class,omitempty"`
	Unit                string `json:"unit_of_measurement,omitempty"`
	Precision           int    `json:"suggested_display_precision,omitempty"`
	Category            string `json:"entity_category,omitempty"`
	Enabled             *bool  `json:"enabled_by_default,omitempty"` // nil means yes
	ExpireAfter         int    `json:"expire_after,omitempty"`       // seconds; 0 means never
	StateTopic          string `json:"state_topic"`
	ValueTemplate       string `json:"value_template"`
	AttributesTopic     string `json:"json_attributes_topic,omitempty"`
	AttributesTemplate  string `json:"json_attributes_template,omitempty"`
	AvailabilityTopic   string `json:"availability_topic"`
	QoS                 int    `json:"qos"`
	Device              device `json:"device"`
	Origin              origin `json:"origin"`
	component, objectID string
}

// A device is what entities belong to.
type device struct {
	Identifiers  []string `json:"identifiers"`
	Name         string   `json:"name"`
	Manufacturer string   `json:"manufacturer,omitempty"`
	Model        string   `json:"model,omitempty"`
	SerialNumber string   `json:"serial_number,omitempty"`
	Version      string   `json:"sw_version,omitempty"`
	Area         string   `json:"suggested_area,omitempty"`
	Via          string   `json:"via_device,omitempty"`
}

// origin says which program describes the entity.
type origin struct {
	Name    string `json:"name"`
	Version string `json:"sw_version,omitempty"`
}

// The components of Home Assistant that are used.
const (
	sensorComponent = "sensor"
	binaryComponent = "binary_sensor"
)

// diagnostic is the category of what is of use only when something is wrong.
const diagnostic = "diagnostic"
