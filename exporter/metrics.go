package exporter

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"picotop/house"
)

// The label names. Like the metric names below they are interface: someone's
// alert rule breaks when one changes.
const (
	labelFriendlyName = "friendly_name" // "Cold Water Tank"
	labelSensorName   = "sensor_name"   // "ColdWaterTank"
	labelSensor       = "sensor"        // the ROM code, which never changes
	labelPico         = "pico"          // the Pico's name, or its address if it told none
	labelAddress      = "address"       // the Pico's address: two Picos may have one name
	labelCondition    = "condition"     // a house.Kind
	labelOutcome      = "outcome"       // one of the values below
	labelTarget       = "target"        // who is told, as the owner named it
	labelPort         = "port"
	labelInterface    = "interface"
	labelReason       = "reason" // a feed.Reason
)

// The values of labelOutcome: of a Pico's feed calls, and of what people and
// Home Assistant are told.
const (
	outcomeOK      = "ok"
	outcomeError   = "error"
	outcomeSent    = "sent"
	outcomeFailed  = "failed"
	outcomeRefused = "refused"
	outcomeDropped = "dropped"
)

// A metric is one name on the page with what Prometheus must know of it.
type metric struct {
	name, help string
	kind       dto.MetricType
	labels     []string // their names, sorted, as the formats want them
}

func gauge(name, help string, labels ...string) *metric {
	return &metric{name, help, dto.MetricType_GAUGE, labels}
}

func counter(name, help string, labels ...string) *metric {
	return &metric{name, help, dto.MetricType_COUNTER, labels}
}

// The metrics of the exporter that came before this one. Names, labels and
// help are as it had them.
var (
	oldTemperature = gauge("temperature",
		"Temperatures",
		labelFriendlyName, labelSensorName)
	oldLastSeen = gauge("temperature_last_seen_timestamp",
		"Temperatures Last Seen Timestamp",
		labelFriendlyName, labelSensorName)
)

// The metrics of one sensor.
var (
	sensorTemperature = gauge("picotop_temperature_celsius",
		"Latest temperature of a sensor that is not silent, calibration applied.",
		labelFriendlyName, labelPico, labelSensor, labelSensorName)
	sensorLastSeen = gauge("picotop_last_seen_timestamp_seconds",
		"When the sensor was last heard, as Unix time.",
		labelFriendlyName, labelPico, labelSensor, labelSensorName)
	sensorOffset = gauge("picotop_calibration_offset_celsius",
		"Calibration that the Pico has applied to the temperature.",
		labelFriendlyName, labelPico, labelSensor, labelSensorName)
	sensorCondition = gauge("picotop_sensor_condition",
		"Whether the sensor is in the condition: 1 if it is, else 0.",
		labelCondition, labelFriendlyName, labelPico, labelSensor, labelSensorName)
	secondsToFreezing = gauge("picotop_seconds_to_freezing",
		"How long it takes until the sensor is at 0 degrees, if it goes on falling as in the last hours.",
		labelFriendlyName, labelPico, labelSensor, labelSensorName)
)

// The metrics of one Pico.
var (
	picoLastSeen = gauge("picotop_pico_last_seen_timestamp_seconds",
		"When any packet of the Pico was last heard, as Unix time.",
		labelAddress, labelPico)
	picoStatuses = counter("picotop_pico_statuses_total",
		"Status packets of the Pico, by whether its feed call went well.",
		labelAddress, labelOutcome, labelPico)
	picoCondition = gauge("picotop_pico_condition",
		"Whether the Pico is in the condition: 1 if it is, else 0.",
		labelAddress, labelCondition, labelPico)
)

// The metrics of the house as a whole, and of who is told.
var (
	houseCondition = gauge("picotop_house_condition",
		"Whether the house is in the condition: 1 if it is, else 0.",
		labelCondition)
	notifications = counter("picotop_notifications_total",
		"Messages to whom the owner wants told, by what came of them.",
		labelOutcome, labelTarget)
	mqttConnected = gauge("picotop_mqtt_connected",
		"Whether the MQTT broker of Home Assistant answers.")
	mqttMessages = counter("picotop_mqtt_messages_total",
		"Messages to the MQTT broker of Home Assistant, by what came of them.",
		labelOutcome)
	remoteWriteSamples = counter("picotop_remote_write_samples_total",
		"Samples for a database, by what came of them.",
		labelOutcome, labelTarget)
	remoteWriteFailed = counter("picotop_remote_write_failed_attempts_total",
		"Requests to a database that came to nothing and were tried again.",
		labelTarget)
	remoteWriteBehind = gauge("picotop_remote_write_behind_seconds",
		"How much of the history a database is yet to get.",
		labelTarget)
	remoteWriteLost = counter("picotop_remote_write_lost_seconds_total",
		"How much of the history was deleted before a database got it.",
		labelTarget)
	configReloaded = gauge("picotop_config_last_reload_successful",
		"Whether the config file was understood when it was last read.")
)

// The metrics of listening.
var (
	portListening = gauge("picotop_port_listening",
		"Whether the UDP port is open here: 0 while another program holds it.",
		labelPort)
	datagrams = counter("picotop_datagrams_total",
		"Datagrams that arrived on the UDP port, refused ones included.",
		labelPort)
	copiedDatagrams = counter("picotop_copied_datagrams_total",
		"Datagrams passed over because they came before through another interface.",
		labelPort)
	repeatedDatagrams = counter("picotop_repeated_datagrams_total",
		"Datagrams that came twice through one interface, and were kept.",
		labelPort)
	droppedDatagrams = counter("picotop_dropped_datagrams_total",
		"Datagrams that the system dropped: its buffer was full, or they were far too long.",
		labelPort)
	interfaceJoined = gauge("picotop_interface_joined",
		"Whether the multicast group is joined on the network interface.",
		labelInterface)
	rejoins = counter("picotop_rejoins_total",
		"Times the group was joined anew because nothing was heard.")
	ineffectiveRejoins = counter("picotop_ineffective_rejoins_total",
		"Of those, the times it told the network nothing, for another program here holds the group.")
	refusedDatagrams = counter("picotop_refused_datagrams_total",
		"Datagrams that were refused, by reason.",
		labelReason)
	otherPackets = counter("picotop_other_packets_total",
		"Packets of a type that this version does not know.")
	refusedSensorReadings = counter("picotop_refused_sensor_readings_total",
		"Readings of new sensors, refused because there are too many sensors.")
	refusedPicoPackets = counter("picotop_refused_pico_packets_total",
		"Packets of new Picos, refused because there are too many Picos.")
)

// The metrics of what is not believed, and of room for sensors.
var (
	setAsideReadings = counter("picotop_set_aside_readings_total",
		"Values of the sensor that were not believed, such as a lone 85.",
		labelFriendlyName, labelPico, labelSensor, labelSensorName)
	displacedSensors = counter("picotop_displaced_sensors_total",
		"Sensors that were given up for others, because there are too many sensors.")
)

// The metrics of the history; none of them is there if no history is kept.
var (
	historyOpen = gauge("picotop_history_open",
		"Whether the history can be written and read.")
	historyAppended = counter("picotop_history_samples_appended_total",
		"Samples written to the history.")
	historyDropped = counter("picotop_history_samples_dropped_total",
		"Samples that could not be written to the history.")
	historyFull = gauge("picotop_history_full",
		"Whether there was no room in the history for a new sensor in the last 10 minutes.")
	historySize = gauge("picotop_history_size_bytes",
		"Size of the history on disk.")
)

// The conditions that are told of everything that can be in them, so that an alert
// finds a series to compare with. The others are told from when they first stood.
var (
	sensorConditions = []house.Kind{house.Freezing, house.Silent}
	picoConditions   = []house.Kind{house.Silent}
	houseConditions  = []house.Kind{house.NoPackets, house.CannotStore, house.ClockNotSet}
)

// buildInfo is picotop_build_info, which does not change while the program
// runs.
func buildInfo(version string) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        buildInfoName,
		Help:        "Always 1; the labels say what program this is and what built it.",
		ConstLabels: buildLabels(version),
	}, func() float64 { return 1 })
}
