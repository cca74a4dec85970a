package promapi

import (
	"context"
	"encoding/binary"
	"hash/crc32"

	"github.com/gogo/protobuf/proto"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

const (
	samplesPerChunk = 120 // as in the database
	// frameBytes is how long the chunks of one frame are together, about. A series may
	// go on in the next frame.
	frameBytes = 32 << 10
)

// readChunks sends series by series, in frames of few chunks, so that years take no more
// memory than hours.
func (a *API) readChunks(ctx context.Context, out *spool, req *prompb.ReadRequest, sets [][]*labels.Matcher) error {
	var it chunkenc.Iterator
	err := a.eachRead(ctx, req, sets, func(query int, series storage.Series) error {
		f := frame{out: out, query: int64(query), labels: protoLabels(series.Labels())}
		it = series.Iterator(it)
		var c chunk
		for it.Next() == chunkenc.ValFloat { // all are
			if err := c.add(it.At()); err != nil {
				return err
			}
			if c.samples < samplesPerChunk {
				continue
			}
			if err := f.add(ctx, &c); err != nil {
				return err
			}
		}
		if err := it.Err(); err != nil {
			return err
		}
		if err := f.add(ctx, &c); err != nil {
			return err
		}
		return f.send()
	})
	if err != nil {
		return err
	}
	return out.flush()
}

// A chunk is one that is being filled. The zero value is empty.
type chunk struct {
	xor      *chunkenc.XORChunk
	appender chunkenc.Appender
	samples  int
	min, max int64
}

func (c *chunk) add(at int64, value float64) error {
	if c.samples == 0 {
		c.xor, c.min = chunkenc.NewXORChunk(), at
		var err error
		if c.appender, err = c.xor.Appender(); err != nil {
			return err
		}
	}
	c.appender.Append(0, at, value)
	c.samples++
	c.max = at
	return nil
}

// A frame is a part of one series on its way.
type frame struct {
	out    *spool
	query  int64
	labels []prompb.Label
	chunks []prompb.Chunk
	bytes  int
}

// add takes a chunk over, and empties it.
func (f *frame) add(ctx context.Context, c *chunk) error {
	if c.samples == 0 {
		return nil
	}
	b := c.xor.Bytes()
	f.chunks = append(f.chunks, prompb.Chunk{MinTimeMs: c.min, MaxTimeMs: c.max, Type: prompb.Chunk_XOR, Data: b})
	f.bytes += len(b)
	*c = chunk{}
	if f.bytes < frameBytes {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return f.send()
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// send sends what there is: its length, its checksum and itself.
func (f *frame) send() error {
	if len(f.chunks) == 0 {
		return nil
	}
	b, err := proto.Marshal(&prompb.ChunkedReadResponse{
		ChunkedSeries: []*prompb.ChunkedSeries{{Labels: f.labels, Chunks: f.chunks}}, QueryIndex: f.query,
	})
	if err != nil {
		return err
	}
	f.chunks, f.bytes = f.chunks[:0], 0
	head := binary.AppendUvarint(nil, uint64(len(b)))
	head = binary.BigEndian.AppendUint32(head, crc32.Checksum(b, castagnoli))
	if _, err := f.out.Write(head); err != nil {
		return err
	}
	_, err = f.out.Write(b)
	return err
}
