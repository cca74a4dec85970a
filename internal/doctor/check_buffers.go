package doctor

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// wantedBuffer is what the listener asks for, in bytes.
	wantedBuffer = 4 << 20
	// leastBuffer holds a second of a very large house.
	leastBuffer = 64 << 10
	// perPacket is what the kernel counts for one packet, in bytes.
	perPacket = 832
)

// checkBuffers judges how much the kernel keeps for a program that is busy.
func checkBuffers(text string, err error) *Check {
	c := finding(idBuffers)
	limit, perr := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || perr != nil {
		return c.be(Unknown, "this system does not tell how much it keeps for a busy program")
	}
	packets := min(limit, wantedBuffer) / perPacket
	if limit < leastBuffer {
		return c.be(Warning, fmt.Sprintf("the kernel keeps only %s for a busy program (net.core.rmem_max is %d)", count(packets, "packet"), limit)).
			try(fmt.Sprintf("sudo sysctl -w net.core.rmem_max=%d", wantedBuffer))
	}
	return c.be(OK, fmt.Sprintf("the kernel keeps at least %d packets for a busy program (net.core.rmem_max is %d)", packets, limit))
}
