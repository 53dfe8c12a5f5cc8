"""More rows for a made-up operation, from those that it has.

connections N_COPIES < connection.csv: each connection to the second as often, 41 seconds apart.
source SEED < connection.csv: a thousand connections of its accounts, one in a hundred of an account that it does not have.
leases SEED < lease.csv: a thousand of its leases once more, three years later.
"""

import csv
import datetime
import sys

CONNECTION = ["platform", "account", "event", "address", "port", "at", "device", "user_agent", "proxy_said"]
LEASE = ["operator", "address", "port_low", "port_high", "from", "until", "line", "access", "shared_by"]


def moved(text, **by):
    if not text:
        return text
    at = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(**by)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    what, number = sys.argv[1], int(sys.argv[2])
    rows = csv.DictReader(sys.stdin)
    fields = LEASE if what == "leases" else CONNECTION
    to = csv.DictWriter(sys.stdout, fields, extrasaction="ignore", lineterminator="\n")
    to.writeheader()
    if what == "leases":
        for row in list(rows)[:1000]:
            later = {name: moved(row[name], days=1096, seconds=number) for name in ("from", "until")}
            to.writerow({**row, **later})
        return
    rows = (row for row in rows if row["at_precision"] == "second")
    if what == "connections":
        for row in rows:
            for copy in range(number):
                to.writerow({**row, "at": moved(row["at"], seconds=41 * copy)})
        return
    for position, row in enumerate(list(rows)[::17][:1000]):
        account = f"new_{number}" if position % 100 == 0 else row["account"]
        to.writerow({**row, "account": account, "at": moved(row["at"], seconds=17 * number)})


main()
