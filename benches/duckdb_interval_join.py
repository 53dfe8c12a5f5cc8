"""The peer of the interval join: DuckDB, two threads, on the same Parquet files. A lease is listed under each day that
it touches, so that connections meet leases of their address and day only; without that the join takes ten times as
long. What overlaps is compared exactly, slack among it."""

import pathlib
import sys

import duckdb

DAY_US = 86_400_000_000
SLACK_US = 5_000_000
END_US = (1_767_225_600 + 91 * 86_400) * 1_000_000


def main(folder: pathlib.Path) -> None:
    db = duckdb.connect()
    db.execute("SET threads = 2")
    n_hits, total = db.execute(f"""
        WITH days AS (
            SELECT *, unnest(range((from_us - {SLACK_US}) // {DAY_US},
                                   (least(coalesce(until_us, {END_US}), {END_US}) + {SLACK_US}) // {DAY_US} + 1)) AS day
            FROM '{folder}/leases.parquet'
        ), seen AS (
            SELECT *, at_us // {DAY_US} AS day FROM '{folder}/connections.parquet'
        )
        SELECT count(*), sum((account::BIGINT * line) % 1000003) FROM seen c JOIN days l
        ON c.address = l.address AND c.day = l.day
        AND (c.port IS NULL OR c.port BETWEEN l.first_port AND l.last_port)
        AND l.from_us <= c.at_us + c.slack_us AND (l.until_us IS NULL OR l.until_us > c.at_us - c.slack_us)
    """).fetchone()
    print(f"{n_hits} hits, sum {total}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
