// Checks a log with the code of Go's checksum database and nothing of Tutela: check FOLDER KEY [OLDER_CHECKPOINT]
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	file := func(path string) []byte { return must(os.ReadFile(os.Args[1] + "/" + path)) }
	key := must(note.NewVerifier(strings.TrimSpace(string(must(os.ReadFile(os.Args[2]))))))
	head, stored := tree(file("checkpoint"), key), []tlog.Hash{}
	hashes := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, stored[i])
		}
		return found, nil
	})
	for n, rest := int64(0), []byte{}; n < head.N; n++ {
		if n%256 == 0 {
			bundle := tlog.Tile{H: 8, N: n / 256, W: int(min(256, head.N-n))}
			rest = file(strings.Replace(bundle.Path(), "tile/8/0/", "tile/entries/", 1))
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		stored = append(stored, must(tlog.StoredHashes(n, rest[2:end], hashes))...)
		rest = rest[end:]
	}
	for _, tile := range tlog.NewTiles(8, 0, head.N) {
		if int64(tile.W) < min(256, head.N>>(8*tile.L)-256*tile.N) {
			continue // Partial tiles of smaller logs.
		}
		same(bytes.Equal(file(strings.Replace(tile.Path(), "/8/", "/", 1)), must(tlog.ReadTileData(tile, hashes))), strings.Replace(tile.Path(), "/8/", "/", 1)+" is not made of the entries")
	}
	same(must(tlog.TreeHash(head.N, hashes)) == head.Hash, "root mismatch")
	for _, path := range os.Args[3:] {
		older := tree(must(os.ReadFile(path)), key)
		same(older.N <= head.N, "entries are missing at the end")
		same(must(tlog.TreeHash(older.N, hashes)) == older.Hash, "history was rewritten")
	}
	fmt.Println("ok:", head.N, "entries, root", head.Hash)
}

func tree(signed []byte, key note.Verifier) (head tlog.Tree) {
	lines := strings.Split(must(note.Open(signed, note.VerifierList(key))).Text, "\n")
	fmt.Sscan(lines[1], &head.N)
	head.Hash = must(tlog.ParseHash(lines[2]))
	return head
}

func must[T any](value T, err error) T {
	same(err == nil, fmt.Sprint(err))
	return value
}

func same(holds bool, fault string) {
	if !holds {
		fmt.Println(fault)
		os.Exit(1)
	}
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
