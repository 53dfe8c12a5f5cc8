"""How often a triage finds 20 MiB of listed content on 64 GiB, and how much it reads: triage.py TUTELA FOLDER [SEEDS]

For each seed twenty files of 1 MiB are laid at random sectors of a sparse image, and `tutela triage --read 2` is run. What
the processes really read is taken from the system's count of bytes read (Linux), for the program and its reader together.
"""
import json, os, random, subprocess, sys, time

tutela, folder = sys.argv[1], sys.argv[2]
n_seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 200
SIZE, FILE, FILES = 64 << 30, 1 << 20, 20
os.makedirs(f"{folder}/originals", exist_ok=True)
made = random.Random(0)
originals = [made.randbytes(FILE) for _ in range(FILES)]
for number, original in enumerate(originals):
    with open(f"{folder}/originals/{number}", "wb") as file:
        file.write(original)
blocks = f"{folder}/blocks.list"
if not os.path.exists(blocks):
    build = [tutela, "lists", "build", "--name", "made up", "--version", "1", "--blocks", f"{folder}/originals", "-o", blocks]
    subprocess.run(build, check=True)


def read_so_far():
    """Bytes that the children of this process have read, once they were waited for."""
    with open("/proc/self/io") as io:
        return int(next(line.split()[1] for line in io if line.startswith("rchar")))


found, named, shares, seconds = 0, 0, [], []
for seed in range(n_seeds):
    image = f"{folder}/disk.img"
    place = random.Random(seed)
    with open(image, "wb") as file:
        file.truncate(SIZE)
        for original in originals:
            file.seek(place.randrange(0, (SIZE - FILE) // 512) * 512)
            file.write(original)
    before, began = read_so_far(), time.monotonic()
    ran = subprocess.run([tutela, "triage", image, "--lists", blocks, "--read", "2", "--seed", str(seed), "--json", "-o", f"{folder}/answer.json"], capture_output=True)
    seconds.append(time.monotonic() - began)
    shares.append((read_so_far() - before) / SIZE * 100)
    assert ran.returncode in (0, 10), ran.stderr
    found += ran.returncode == 10
    with open(f"{folder}/answer.json") as answer:
        said = json.load(answer)
    named += len(said["blocks"])
    assert (ran.returncode == 10) == bool(said["blocks"])
    if ran.returncode == 0:
        assert said["space"]["at_most_extents"] * said["space"]["extent_bytes"] >= FILE * FILES, said["space"]
    os.remove(image)
print(f"found in {found} of {n_seeds}, {named / n_seeds:.1f} of {FILES} files named on average")
print(f"read {sum(shares) / n_seeds:.2f} % of the image, at most {max(shares):.2f} %")
print(f"{sum(seconds) / n_seeds:.2f} s on average, at most {max(seconds):.2f} s")
