"""Makes sightings of nobody, and does with other programs what `sightings_import.sh` and `sharing.sh` do with Tutela.

make FOLDER ROWS        sighting.parquet, nexus_daily.parquet (zstd) and sighting.csv.zst of the same rows
duckdb FOLDER FILE      loads a file into a database on disk, sorted like Tutela's table
polars FOLDER FILE      the same into a Parquet file
day FOLDER DAY/DAYS/ROWS    sighting-DAY.parquet, one of so many days with so many rows each; days count from 0
sweep FOLDER DAY/DAYS/ROWS    the same file with twenty sweeps of an observer over the same peers, forty files of each
load FOLDER DAYS        loads these days into a DuckDB database on disk
distinct FOLDER FILE    DuckDB: peers and addresses of every file in that database; held against Tutela's FILE
distinct_polars FOLDER DAYS    Polars: the same from the days' files
"""

import glob
import os
import resource
import sys
import time

# Some twenty sightings a peer in order of time; files as Zipf has them; each peer changes its address
# every five days. Addresses lie in 240.0.0.0/4, which is reserved and belongs to nobody (RFC 1112, section 4).
MADE = """
CREATE OR REPLACE MACRO draw(i, salt) AS (hash(i * 1000003 + salt) >> 11) / 9007199254740992.0;
CREATE OR REPLACE TEMP VIEW drawn AS
SELECT i, t, peer, network,
    floor(exp(draw(i, 2) * ln({files})))::BIGINT AS file,
    240 * 16777216::BIGINT + (hash(peer * 1000 + day // 5) % 268435456)::BIGINT AS address
FROM (
    SELECT *, 1772323200 + i * 86400 * {days} // {rows} + (hash(i) % 90)::BIGINT AS t, i * {days} // {rows} AS day,
        ['ed2k', 'gnutella', 'ares'][[1, 1, 1, 1, 1, 2, 2, 2, 2, 3][(peer % 10) + 1]] AS network
    FROM (SELECT range AS i, (hash(range * 7 + 1) % {peers})::BIGINT AS peer FROM range({first}, {last}))
);
CREATE OR REPLACE TEMP VIEW made AS
SELECT t, network,
    concat_ws('.', address >> 24, (address >> 16) & 255, (address >> 8) & 255, address & 255) AS address,
    (1024 + hash(peer) % 60000)::INTEGER AS port, md5('peer ' || peer) AS peer,
    CASE network WHEN 'ed2k' THEN md5('file ' || file) END AS ed2k,
    CASE network WHEN 'ed2k' THEN NULL ELSE sha1('file ' || file) END AS sha1,
    'archivio ' || file || '.zip' AS file_name, (1000 + hash(file) % 700000000)::BIGINT AS file_size,
    ['eMule 0.50a', 'eMule 0.60d', 'Shareaza 2.7.10', 'LimeWire 4.18.8', 'Ares 2.4.0', 'FrostWire 4.21']
        [(hash(peer) % 6)::INTEGER + 1] AS client,
    ['listed', 'offered', 'offered', 'offered', 'downloaded', 'browse'][(hash(i) % 6)::INTEGER + 1] AS observed,
    ['connected', 'connected', 'self_reported', 'third_party'][(hash(i + 1) % 4)::INTEGER + 1] AS ip_basis
FROM drawn;
CREATE OR REPLACE TEMP VIEW sighting AS
SELECT network, address, port, peer, coalesce('ed2k:' || ed2k, 'sha1:' || sha1) AS file_hash, file_name, file_size,
    strftime(to_timestamp(t), '%Y-%m-%dT%H:%M:%SZ') AS at, client, observed, ip_basis
FROM made;
CREATE OR REPLACE TEMP VIEW nexus_daily AS
SELECT t, network, address AS addr, port, CASE network WHEN 'ed2k' THEN peer END AS user_hash,
    CASE network WHEN 'ed2k' THEN NULL ELSE peer END AS guid, ed2k, sha1, file_size AS size, client,
    observed AS obs, ip_basis AS basis
FROM made;
"""

# What an observer writes that asks the same peers again and again: the 50 million rows of a day are 62,500 of a million
# peers, asked twenty times for forty files of their libraries.
SWEPT = """
CREATE OR REPLACE MACRO draw(i, salt) AS (hash(i * 1000003 + salt) >> 11) / 9007199254740992.0;
CREATE OR REPLACE TEMP VIEW drawn AS
SELECT i, 1772323200 + {day} * 86400 + sweep * 4320 + (hash(peer) % 4320)::BIGINT AS t, peer,
    floor(exp(draw(peer * 100 + i % 40, 2) * ln(1000000)))::BIGINT AS file,
    240 * 16777216::BIGINT + (hash(peer * 1000 + {day} // 5) % 268435456)::BIGINT AS address
FROM (
    SELECT range AS i, range * 20 // {rows} AS sweep,
        (hash(range % ({rows} // 20) // 40 * 31 + {day} * 7919) % 1000000)::BIGINT AS peer
    FROM range({rows})
);
CREATE OR REPLACE TEMP VIEW sighting AS
SELECT 'ed2k' AS network,
    concat_ws('.', address >> 24, (address >> 16) & 255, (address >> 8) & 255, address & 255) AS address,
    (1024 + hash(peer) % 60000)::INTEGER AS port, md5('peer ' || peer) AS peer,
    'ed2k:' || md5('file ' || file) AS file_hash, 'archivio ' || file || '.zip' AS file_name,
    (1000 + hash(file) % 700000000)::BIGINT AS file_size, strftime(to_timestamp(t), '%Y-%m-%dT%H:%M:%SZ') AS at,
    ['eMule 0.50a', 'eMule 0.60d'][(hash(peer) % 2)::INTEGER + 1] AS client,
    'offered' AS observed, 'connected' AS ip_basis
FROM drawn;
"""


def connection(folder, database=":memory:"):
    import duckdb

    made = duckdb.connect(database)
    made.execute(f"SET threads = 2; SET memory_limit = '1500MB'; SET temp_directory = '{folder}/spill'")
    made.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return made


def sightings(rows, days, first, last):
    """The views of the rows from `first` to before `last`, of so many rows in so many days."""
    # Each file comes on three networks: of a hundred million rows, two hundred thousand files.
    files = max(2, min(rows // 25, 66_000))
    return MADE.format(rows=rows, days=days, first=first, last=last, peers=max(1, rows // 20), files=files)


def make(folder, rows):
    rows = int(rows)
    made = connection(folder)
    made.execute(sightings(rows, 30, 0, rows))
    parquet = "(FORMAT parquet, COMPRESSION zstd)"
    for name, form in [
        ("sighting.parquet", parquet),
        ("nexus_daily.parquet", parquet),
        ("sighting.csv.zst", "(FORMAT csv, HEADER, COMPRESSION zstd)"),
    ]:
        path = f"{folder}/{name}"
        if not os.path.exists(path):
            made.execute(f"COPY {name.split('.')[0]} TO '{path}.part' {form}")
            os.rename(f"{path}.part", path)


ORDER = {"sighting": 'peer, network, "at"', "nexus_daily": "coalesce(user_hash, guid), network, t"}


def load_duckdb(folder, name):
    database = f"{folder}/peer.duckdb"
    if os.path.exists(database):
        os.remove(database)
    loaded = connection(folder, database)
    loaded.execute(f"CREATE TABLE loaded AS FROM '{folder}/{name}' ORDER BY {ORDER[name.split('.')[0]]}")
    rows = loaded.execute("SELECT count(*) FROM loaded").fetchone()[0]
    loaded.close()
    os.remove(database)
    return rows


def load_polars(folder, name):
    import polars

    path = f"{folder}/{name}"
    scan = polars.scan_parquet(path) if name.endswith(".parquet") else polars.scan_csv(path)
    if name.startswith("nexus_daily"):
        keys = [polars.coalesce("user_hash", "guid"), polars.col("network"), polars.col("t")]
    else:
        keys = [polars.col(key) for key in ("peer", "network", "at")]
    out = f"{folder}/peer.parquet"
    scan.sort(keys).sink_parquet(out, compression="zstd", compression_level=1)
    rows = polars.scan_parquet(out).select(polars.len()).collect().item()
    os.remove(out)
    return rows


def day(folder, argument):
    number, days, rows = (int(part) for part in argument.split("/"))
    path = f"{folder}/sighting-{number:03}.parquet"
    made = connection(folder)
    made.execute(sightings(days * rows, days, number * rows, (number + 1) * rows))
    made.execute(f"COPY sighting TO '{path}.part' (FORMAT parquet, COMPRESSION zstd)")
    os.rename(f"{path}.part", path)


def sweep(folder, argument):
    number, _, rows = (int(part) for part in argument.split("/"))
    path = f"{folder}/sighting-{number:03}.parquet"
    made = connection(folder)
    made.execute(SWEPT.format(day=number, rows=rows))
    made.execute(f"COPY sighting TO '{path}.part' (FORMAT parquet, COMPRESSION zstd)")
    os.rename(f"{path}.part", path)


def some_days(folder, days):
    return sorted(glob.glob(f"{folder}/sighting-*.parquet"))[: int(days)]


def load_days(folder, days):
    loaded = connection(folder, f"{folder}/days.duckdb")
    loaded.execute(f"CREATE TABLE loaded AS FROM read_parquet({some_days(folder, days)})")
    return loaded.execute("SELECT count(*) FROM loaded").fetchone()[0]


COUNTED = "network, file_hash, count(DISTINCT peer) AS peers, count(DISTINCT address) AS addresses"


def distinct_duckdb(folder, counted):
    import duckdb

    # Its own limit of memory: four fifths of the machine's.
    loaded = duckdb.connect(f"{folder}/days.duckdb", read_only=True)
    loaded.execute(f"SET threads = 2; SET temp_directory = '{folder}/spill'; SET enable_progress_bar = false")
    loaded.execute(f"CREATE TEMP TABLE theirs AS SELECT {COUNTED} FROM loaded GROUP BY ALL")
    # What follows is read and compared after the figures are taken.
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield used
    ours = f"(FROM read_csv('{counted}', header = true))"
    theirs = "(SELECT network, file_hash, peers, addresses FROM theirs)"
    other = loaded.execute(f"SELECT count(*) FROM ({ours} EXCEPT ALL {theirs})").fetchone()[0]
    other += loaded.execute(f"SELECT count(*) FROM ({theirs} EXCEPT ALL {ours})").fetchone()[0]
    if other:
        sys.exit(f"{other} files have other counts")
    yield loaded.execute("SELECT count(*) FROM theirs").fetchone()[0]


def distinct_polars(folder, days):
    import polars

    scan = polars.scan_parquet(some_days(folder, days))
    counts = [polars.col("peer").n_unique(), polars.col("address").n_unique()]
    return scan.group_by("network", "file_hash").agg(counts).collect(engine="streaming").height


def main():
    verb, folder, argument = sys.argv[1:]
    if verb in ("make", "day", "sweep"):
        return {"make": make, "day": day, "sweep": sweep}[verb](folder, argument)
    start = time.monotonic()
    if verb == "distinct":
        told = distinct_duckdb(folder, argument)
        used, wall = next(told), time.monotonic() - start
        rows = next(told)
        print(f"{verb}\t{rows} files\t{wall:.1f}\t{used.ru_utime + used.ru_stime:.1f}\t{used.ru_maxrss // 1024}")
        return
    does = {"duckdb": load_duckdb, "polars": load_polars, "load": load_days, "distinct_polars": distinct_polars}
    rows = does[verb](folder, argument)
    used = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.monotonic() - start
    print(f"{verb}\t{argument}\t{rows}\t{wall:.1f}\t{used.ru_utime + used.ru_stime:.1f}\t{used.ru_maxrss // 1024}")


main()
