"""The peers of pdq.sh, and the hashes that it searches: faiss and pdqhash for Python. CPU seconds, one thread."""

import sys
import time

import numpy as np

QUERIES = 400


def cpu_s(work):
    before = time.process_time()
    result = work()
    return result, time.process_time() - before


def hashing():
    import pdqhash

    pixels = np.random.default_rng(1).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    _, cpu = cpu_s(lambda: [pdqhash.compute(pixels) for _ in range(20)])
    print(f"pdqhash for Python, full: {cpu / 20 * 1000:.3f} ms")


def dependent(rng, count, weights, bias):
    """Bits that go together, each with a bias of its own: signs of sums of 48 hidden values."""
    hidden = rng.standard_normal((count, 48)).astype(np.float32)
    noise = 0.8 * rng.standard_normal((count, 256)).astype(np.float32)
    return np.packbits(hidden @ weights + noise > bias, axis=1)


def skewed(rng, count):
    """Two in five in clusters of up to 20,000 versions of one hash, at most ten bits off; the others depend on each other."""
    weights = rng.standard_normal((48, 256)).astype(np.float32) / np.sqrt(48)
    bias = (rng.standard_normal(256) * 0.4).astype(np.float32)
    hashes = np.empty((count, 32), np.uint8)
    at = 0
    while at < count * 2 // 5:
        centre = dependent(rng, 1, weights, bias)
        size = min(int(1 / (rng.random() + 5e-5)), count * 2 // 5 - at)
        versions = np.repeat(centre, size, 0)
        for _ in range(10):
            bits, changed = rng.integers(0, 256, size), rng.random(size) < 0.9
            rows = np.arange(size)[changed]
            versions[rows, bits[changed] >> 3] ^= (1 << (bits[changed] & 7)).astype(np.uint8)
        hashes[at : at + size] = versions
        at += size
    while at < count:
        size = min(100_000, count - at)
        hashes[at : at + size] = dependent(rng, size, weights, bias)
        at += size
    return hashes[rng.permutation(count)]


def make(kind, millions, path):
    """Hashes, and queries of which half are 0 to 31 bits off a hash, half of those at the very edge."""
    rng = np.random.default_rng(7)
    count = int(millions * 1_000_000)
    uniform = kind == "uniform"
    hashes = rng.integers(0, 256, (count, 32), dtype=np.uint8) if uniform else skewed(rng, count)
    queries = rng.integers(0, 256, (QUERIES, 32), dtype=np.uint8)
    for idx in range(0, QUERIES, 2):
        bits = np.unpackbits(hashes[rng.integers(count)])
        off = 31 if idx % 4 else int(rng.integers(32))
        bits[rng.choice(256, off, replace=False)] ^= 1
        queries[idx] = np.packbits(bits)
    hashes.tofile(f"{path}.hashes")
    queries.tofile(f"{path}.queries")


def search(path):
    import faiss

    faiss.omp_set_num_threads(1)
    hashes = np.fromfile(f"{path}.hashes", np.uint8).reshape(-1, 32)
    queries = np.fromfile(f"{path}.queries", np.uint8).reshape(-1, 32)

    def measure(name, index, flips=None):
        _, built = cpu_s(lambda: index.add(hashes))
        if flips is not None:
            index.nflip = flips
        # Distances below the radius are given, so that of 31 is 32.
        (limits, distances, numbers), cpu = cpu_s(lambda: index.range_search(queries, 32))
        print(f"{name}: {cpu / len(queries) * 1e6:.1f} us CPU a query, build {built:.1f} s CPU", flush=True)
        total = int((numbers.astype(np.int64) * 31 + distances.astype(np.int64)).sum())
        print(f"found {int(limits[-1])} sum {total}", flush=True)

    measure("faiss IndexBinaryFlat", faiss.IndexBinaryFlat(256))
    measure("faiss IndexBinaryMultiHash(256, 16, 16), nflip 1", faiss.IndexBinaryMultiHash(256, 16, 16), 1)
    measure("faiss IndexBinaryMultiHash(256, 11, 23), nflip 2", faiss.IndexBinaryMultiHash(256, 11, 23), 2)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["hash"]:
            hashing()
        case ["make", kind, millions, path]:
            make(kind, float(millions), path)
        case ["search", path]:
            search(path)
