// Makes the hashes and tiles of a log from its entries with the code of Go's checksum database: append FOLDER
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	lines := strings.Split(string(must(os.ReadFile(os.Args[1]+"/checkpoint"))), "\n")
	var size int64
	fmt.Sscan(lines[1], &size)
	stored := []tlog.Hash{}
	hashes := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, stored[i])
		}
		return found, nil
	})
	bytes := 0
	for n, rest := int64(0), []byte{}; n < size; n++ {
		if n%256 == 0 {
			width := int64(256)
			if size-n < width {
				width = size - n
			}
			bundle := tlog.Tile{H: 8, N: n / 256, W: int(width)}
			rest = must(os.ReadFile(os.Args[1] + "/" + strings.Replace(bundle.Path(), "tile/8/0/", "tile/entries/", 1)))
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		stored = append(stored, must(tlog.StoredHashes(n, rest[2:end], hashes))...)
		rest = rest[end:]
	}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		bytes += len(must(tlog.ReadTileData(tile, hashes)))
	}
	fmt.Println(size, "entries,", bytes, "bytes of tiles, root", must(tlog.TreeHash(size, hashes)))
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return value
}
