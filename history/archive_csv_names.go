package history

import (
	"strings"

	"picotop/internal/sensorname"
)

// In a table a friendly name has the white space that its sensor sends: "cold water
// tank", where the label is "coldwatertank". It is told by the column beside it, the
// name without white space, and reads back as the label that follows from that. A
// label that only looks so, which picotop never makes, has an apostrophe before it.

// friendlyText is the friendly name of a series as a table has it. sent is the name
// as it is sent, if that is in words and known.
func friendlyText(ser *series, sent string) string {
	switch label := ser.friendlyName; {
	case looksSent(sent, ser.sensorName) && label == sensorname.Friendly(ser.sensorName):
		return sent
	case isMistakable(label, ser.sensorName):
		return "'" + label
	default:
		return label
	}
}

// parseFriendlyText is the reverse of friendlyText. sent is empty for a label.
func parseFriendlyText(text, sensorName string) (label, sent string) {
	if label, ok := strings.CutPrefix(text, "'"); ok && isMistakable(label, sensorName) {
		return label, ""
	}
	if looksSent(text, sensorName) {
		return sensorname.Friendly(sensorName), text
	}
	return text, ""
}

// looksSent reports whether a text is a name in words from which the sensor name
// follows, and not the friendly name that follows too.
func looksSent(text, sensorName string) bool {
	return sensorname.InWords(text) && sensorname.Label(text) == sensorName && text != sensorname.Friendly(sensorName)
}

// isMistakable reports whether a label looks like a name as it is sent, or would
// without apostrophes before it.
func isMistakable(label, sensorName string) bool {
	for text, more := label, true; more; text, more = strings.CutPrefix(text, "'") {
		if looksSent(text, sensorName) {
			return true
		}
	}
	return false
}
