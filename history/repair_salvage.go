package history

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
)

// describeSalvage says in words what salvage did.
func describeSalvage(saved uint64, lost bool) string {
	switch {
	case saved == 0:
		return "nothing in it can be read"
	case lost:
		return fmt.Sprintf("%d readings in it could be read, and are kept", saved)
	default:
		return fmt.Sprintf("all %d readings in it are kept", saved)
	}
}

// salvage makes new blocks of the samples up to a time that can be read of a
// damaged one, and counts them; lost says whether any could not. If it fails
// nothing is made.
func (s *Store) salvage(block string, until int64) (saved uint64, lost bool) {
	saved, lost, err := s.copyToBlocks(rawBlock(block), until)
	if err != nil {
		s.logger.Debug("reading a damaged block", "block", block, "err", err)
		return 0, true
	}
	return saved, lost
}

// rawBlock is the directory of a block, read without its meta.json.
type rawBlock string

func (b rawBlock) Index() (tsdb.IndexReader, error) {
	return index.NewFileReader(filepath.Join(string(b), "index"), index.DecodePostingsRaw)
}

func (b rawBlock) Chunks() (tsdb.ChunkReader, error) {
	return chunks.NewDirReader(filepath.Join(string(b), "chunks"), nil)
}

// copyToBlocks makes new blocks of the samples of a block or head, up to a time.
func (s *Store) copyToBlocks(r chunkSource, until int64) (copied uint64, lost bool, err error) {
	w, err := newBlockWriter(s.dir, s.libraryLogger())
	if err != nil {
		return 0, true, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	var damaged int
	err = catchReadPanic(func() (err error) {
		damaged, err = w.copyFrom(context.Background(), r, until)
		return err
	})
	if err != nil {
		return 0, true, err
	}
	if err := w.publish(context.Background()); err != nil {
		return 0, true, err
	}
	return w.samples, damaged > 0, nil
}
