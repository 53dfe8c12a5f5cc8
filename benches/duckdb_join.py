"""The peer of the main benchmark: DuckDB loads the made-up files and joins connections with leases on address, port
and time. It reads no XML, checks no value, keeps no places, and makes no leads. `--prepare` turns the workbook into a
CSV first, which is not timed, because DuckDB reads none without an extension from the network."""

import csv
import pathlib
import sys

import duckdb


def prepare(files: pathlib.Path) -> None:
    import openpyxl

    for book in sorted(files.glob("operators/*.xlsx")):
        target = files / "peer" / (book.stem + ".csv")
        if target.exists():
            continue
        target.parent.mkdir(exist_ok=True)
        sheet = openpyxl.load_workbook(book, read_only=True)["Risposta"]
        with target.open("w", newline="") as out:
            csv.writer(out).writerows(sheet.iter_rows(min_row=3, values_only=True))


def main(files: pathlib.Path) -> None:
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET threads = 2")
    lenient = "all_varchar = true, null_padding = true, ignore_errors = true"
    db.execute(f"""
        CREATE TABLE connections AS
        SELECT 'agorachat/' || user_id AS account, ip_address AS address, TRY_CAST(source_port AS INTEGER) AS port,
               TRY_CAST(timestamp AS TIMESTAMPTZ) AS at
        FROM read_csv('{files}/platforms/agorachat-connections.csv', {lenient})
        UNION ALL
        SELECT 'fotobox/' || Utente,
               CASE WHEN Indirizzo LIKE '[%' THEN regexp_extract(Indirizzo, '\\[(.*)\\]', 1)
                    WHEN Indirizzo LIKE '%.%:%' THEN split_part(Indirizzo, ':', 1) ELSE Indirizzo END,
               CASE WHEN Indirizzo LIKE '[%' OR Indirizzo LIKE '%.%:%'
                    THEN TRY_CAST(regexp_extract(Indirizzo, ':(\\d+)$', 1) AS INTEGER) END,
               timezone('Europe/Rome', TRY_CAST(strptime(Data, '%d/%m/%Y %H:%M:%S') AS TIMESTAMP))
        FROM read_csv('{files}/platforms/fotobox-accessi.csv', delim = ';', skip = 1, header = true, {lenient})
        WHERE try_strptime(Data, '%d/%m/%Y %H:%M:%S') IS NOT NULL
        UNION ALL
        SELECT 'lumigram/' || account, client_ip, TRY_CAST(client_port AS INTEGER),
               to_timestamp(TRY_CAST(session_start_ms AS BIGINT) / 1000)
        FROM read_csv('{files}/platforms/lumigram-sessions.tsv', delim = '\t', header = true, {lenient})
    """)
    db.execute(f"""
        CREATE TABLE leases AS
        SELECT 'alfanet/' || UTENZA AS line, IP AS address, NULL::INTEGER AS port_low, NULL::INTEGER AS port_high,
               INIZIO::TIMESTAMPTZ AS t0, coalesce(TRY_CAST(FINE AS TIMESTAMPTZ), 'infinity'::TIMESTAMPTZ) AS t1
        FROM read_csv('{files}/operators/alfanet-risposta.csv', delim = ';', {lenient})
        UNION ALL
        SELECT 'borea/' || Linea, "Indirizzo IP", TRY_CAST(split_part(Porte, '-', 1) AS INTEGER),
               TRY_CAST(split_part(Porte, '-', 2) AS INTEGER),
               timezone('Europe/Rome', try_strptime(Dal, '%d/%m/%Y %H:%M:%S')),
               coalesce(timezone('Europe/Rome', try_strptime(Al, '%d/%m/%Y %H:%M:%S')), 'infinity'::TIMESTAMPTZ)
        FROM read_csv('{files}/operators/borea-risposta.tsv', delim = '\t', skip = 1, header = true,
                      encoding = 'latin-1', {lenient})
        WHERE try_strptime(Dal, '%d/%m/%Y %H:%M:%S') IS NOT NULL
        UNION ALL
        SELECT 'cometa/' || MSISDN, "IP pubblico", TRY_CAST("Porta da" AS INTEGER), TRY_CAST("Porta a" AS INTEGER),
               "Inizio (UTC)"::TIMESTAMPTZ, coalesce(TRY_CAST("Fine (UTC)" AS TIMESTAMPTZ), 'infinity'::TIMESTAMPTZ)
        FROM read_csv('{files}/peer/*.csv', {lenient})
        UNION ALL
        SELECT 'delta/' || customer, prefix, NULL, NULL, "start"::TIMESTAMPTZ,
               coalesce(TRY_CAST("end" AS TIMESTAMPTZ), 'infinity'::TIMESTAMPTZ)
        FROM read_csv('{files}/operators/delta-risposta.csv', {lenient})
    """)
    counts = db.execute("""
        SELECT count(*), count(DISTINCT (account, line)) FROM connections c JOIN leases l
        ON c.address = l.address AND c.at >= l.t0 AND c.at < l.t1
        AND (l.port_low IS NULL OR c.port IS NULL OR c.port BETWEEN l.port_low AND l.port_high)
    """).fetchone()
    n_connections = db.execute("SELECT count(*) FROM connections").fetchone()[0]
    n_leases = db.execute("SELECT count(*) FROM leases").fetchone()[0]
    print(f"{n_connections} connections, {n_leases} leases, {counts[0]} hits, {counts[1]} accounts on lines")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[-1])
    prepare(folder) if sys.argv[1] == "--prepare" else main(folder)
