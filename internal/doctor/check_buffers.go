package doctor

import (
	"fmt"
	"strconv"
	"strings"

	"picotop/internal/format"
)

const (
	// wantedBuffer is what the listener asks for, in bytes.
	wantedBuffer = 4 << 20
	// minBuffer holds a second of a very large house.
	minBuffer = 64 << 10
	// packetTruesize is what the kernel counts for one packet (skb->truesize), in
	// bytes.
	packetTruesize = 832
)

// checkBuffers judges net.core.rmem_max, the most that the kernel keeps in a
// socket for a program that is busy.
func checkBuffers(text string, err error) *Check {
	c := newCheck(idBuffers)
	limit, perr := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || perr != nil {
		return c.set(Unknown, "this system does not tell how much it keeps for a busy program")
	}
	packets := min(limit, wantedBuffer) / packetTruesize
	if limit < minBuffer {
		return c.set(Warning, fmt.Sprintf("the kernel keeps only %s for a busy program (net.core.rmem_max is %d)", format.Count(packets, "packet"), limit)).
			try(fmt.Sprintf("sudo sysctl -w net.core.rmem_max=%d", wantedBuffer))
	}
	return c.set(OK, fmt.Sprintf("the kernel keeps at least %d packets for a busy program (net.core.rmem_max is %d)", packets, limit))
}
