package history

import (
	"context"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
)

// chunkSource is a block or a head.
type chunkSource interface {
	Index() (tsdb.IndexReader, error)
	Chunks() (tsdb.ChunkReader, error)
}

// copyFrom takes in the samples up to a time that can be read of a block or
// head, and counts the series and chunks that cannot be read.
func (w *blockWriter) copyFrom(ctx context.Context, r chunkSource, until int64) (damaged int, err error) {
	ir, err := r.Index()
	if err != nil {
		return 0, err
	}
	defer ir.Close()
	cr, err := r.Chunks()
	if err != nil {
		return 0, err
	}
	defer cr.Close()
	name, value := index.AllPostingsKey()
	all, err := ir.Postings(ctx, name, value)
	if err != nil {
		return 0, err
	}
	var (
		builder labels.ScratchBuilder
		metas   []chunks.Meta
		it      chunkenc.Iterator
	)
	for all.Next() {
		if ctx.Err() != nil {
			return damaged, ctx.Err()
		}
		if err := ir.Series(all.At(), &builder, &metas); err != nil {
			damaged++
			continue
		}
		l := builder.Labels()
		for _, m := range metas {
			chunk, _, err := cr.ChunkOrIterable(m)
			if err != nil || chunk == nil {
				damaged++
				continue
			}
			it = chunk.Iterator(it)
			for it.Next() == chunkenc.ValFloat {
				at, celsius := it.At()
				if at > until {
					break
				}
				if err := w.add(l, at, celsius); err != nil && !isSampleError(err) {
					return damaged, err
				}
			}
			if it.Err() != nil {
				damaged++
			}
		}
	}
	return damaged, all.Err()
}
