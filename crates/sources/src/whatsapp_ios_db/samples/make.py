"""Makes the samples of this folder. Everything in them is made up: numbers begin with +39 000, which is given to nobody.

Python's own sqlite3 is all that is needed: `python3 make.py`. The bytes may differ with SQLite's version; the stored
samples are what the goldens are of.
"""

import base64
import hashlib
import os
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))
FRIEND, OTHER, GROUP = "390000000001@s.whatsapp.net", "390000000002@s.whatsapp.net", "390000000001-1500000000@g.us"
# 1 March 2026, 20:00 UTC, in seconds since 2001.
T = 794088000
SCHEMA = """
CREATE TABLE ZWACHATSESSION (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZSESSIONTYPE INTEGER,
    ZCONTACTJID VARCHAR, ZPARTNERNAME VARCHAR);
CREATE TABLE ZWAGROUPMEMBER (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZCHATSESSION INTEGER,
    ZMEMBERJID VARCHAR, ZCONTACTNAME VARCHAR, ZFIRSTNAME VARCHAR);
CREATE TABLE ZWAMEDIAITEM (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZFILESIZE INTEGER, ZMESSAGE INTEGER,
    ZLATITUDE FLOAT, ZLONGITUDE FLOAT, ZMEDIALOCALPATH VARCHAR, ZMEDIAURL VARCHAR, ZTITLE VARCHAR, ZVCARDNAME VARCHAR,
    ZVCARDSTRING VARCHAR);
CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZGROUPEVENTTYPE INTEGER,
    ZISFROMME INTEGER, ZMESSAGETYPE INTEGER, ZCHATSESSION INTEGER, ZGROUPMEMBER INTEGER, ZMEDIAITEM INTEGER,
    ZMESSAGEDATE TIMESTAMP, ZFROMJID VARCHAR, ZTOJID VARCHAR, ZPUSHNAME VARCHAR, ZTEXT VARCHAR);
CREATE TABLE ZWAMESSAGEINFO (Z_PK INTEGER PRIMARY KEY, ZMESSAGE INTEGER, ZRECEIPTINFO BLOB);
CREATE TABLE ZWAPROFILEPUSHNAME (Z_PK INTEGER PRIMARY KEY, ZJID VARCHAR, ZPUSHNAME VARCHAR);
CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY, Z_UUID VARCHAR, Z_PLIST BLOB);
"""


def sha(number):
    return base64.b64encode(hashlib.sha256(b"placeholder file %d" % number).digest()).decode()


def new(name):
    path = os.path.join(HERE, name)
    if os.path.exists(path):
        os.remove(path)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA page_size=1024")
    database.executescript(SCHEMA)
    return database


def fill(database):
    database.executemany("INSERT INTO ZWACHATSESSION(Z_PK, ZSESSIONTYPE, ZCONTACTJID, ZPARTNERNAME) VALUES(?,?,?,?)",
                         [(1, 0, FRIEND, "Zoë Finta"), (2, 1, GROUP, "placeholder group")])
    database.executemany("INSERT INTO ZWAGROUPMEMBER(Z_PK, ZCHATSESSION, ZMEMBERJID, ZCONTACTNAME) VALUES(?,?,?,?)",
                         [(1, 2, OTHER, "Bruno Finto"), (2, 2, FRIEND, "Zoë Finta")])
    database.execute("INSERT INTO ZWAPROFILEPUSHNAME VALUES(1, ?, 'bruno.finto')", (OTHER,))
    columns = ("Z_PK, ZISFROMME, ZMESSAGETYPE, ZGROUPEVENTTYPE, ZCHATSESSION, ZGROUPMEMBER, ZMEDIAITEM, ZMESSAGEDATE,"
               " ZFROMJID, ZTOJID, ZPUSHNAME, ZTEXT")
    database.executemany(
        "INSERT INTO ZWAMESSAGE(%s) VALUES(%s)" % (columns, ",".join("?" * 12)),
        [
            (1, 1, 0, 0, 1, None, None, T, None, FRIEND, None, "placeholder 1"),
            (2, 0, 0, 2, 1, None, None, T + 60.25, FRIEND, None, "zoe", "placeholder 2 à €"),
            (3, 0, 1, 2, 2, 1, 1, T + 120, GROUP, None, "bruno", None),
            (4, 1, 8, 0, 2, None, 2, T + 180, None, GROUP, None, "plan.pdf"),
            (5, 0, 6, 12, 2, 1, None, T + 240, GROUP, None, None, None),
            (6, 0, 10, 1, 1, None, None, T + 300, FRIEND, None, None, None),
            (7, 1, 5, 0, 1, None, 3, T + 360, None, FRIEND, None, None),
            (8, 0, 0, 2, 9, None, None, T + 420, FRIEND, None, None, "placeholder of no conversation"),
            (9, 0, 0, 2, 1, None, None, 0, FRIEND, None, None, "placeholder without a time"),
        ])
    database.executemany(
        "INSERT INTO ZWAMEDIAITEM(Z_PK, ZFILESIZE, ZMESSAGE, ZLATITUDE, ZLONGITUDE, ZMEDIALOCALPATH, ZTITLE, ZVCARDNAME,"
        " ZVCARDSTRING) VALUES(?,?,?,?,?,?,?,?,?)",
        [
            (1, 4096, 3, 0, 0, "Media/390000000001/a/1.jpg", "placeholder 3", sha(1), "image/jpeg"),
            (2, 2048, 4, 0, 0, "Media/390000000001/b/2.pdf", None, sha(2), "application/pdf"),
            (3, 0, 7, 10.5, 20.25, None, "placeholder place", None, None),
            (4, 1024, 99, 0, 0, "Media/390000000001/c/3.jpg", None, sha(3), "image/jpeg"),
        ])
    database.execute("INSERT INTO ZWAMESSAGEINFO VALUES(1, 1, x'00')")
    database.execute("INSERT INTO Z_METADATA VALUES(1, 'placeholder', x'00')")


def damaged():
    """A page of messages is overwritten."""
    path = os.path.join(HERE, "ChatStorage-damaged.sqlite")
    database = new("ChatStorage-damaged.sqlite")
    fill(database)
    database.executemany("INSERT INTO ZWAMESSAGE(ZISFROMME, ZMESSAGETYPE, ZCHATSESSION, ZMESSAGEDATE, ZFROMJID, ZTEXT)"
                         " VALUES(0, 0, 1, ?, ?, ?)",
                         [(T + 600 + n, FRIEND, "placeholder %d" % (n + 100)) for n in range(60)])
    root = database.execute("SELECT rootpage FROM sqlite_master WHERE name='ZWAMESSAGE'").fetchone()[0]
    database.close()
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        at = (root - 1) * 1024
        cell = at + int.from_bytes(data[at + 14:at + 16], "big")
        page = int.from_bytes(data[cell:cell + 4], "big")
        data[(page - 1) * 1024:(page - 1) * 1024 + 64] = b"\xaa" * 64
        file.seek(0)
        file.write(data)


def unknown_schema():
    database = new("ChatStorage-unknown_schema.sqlite")
    database.executescript("ALTER TABLE ZWAMESSAGE ADD COLUMN ZMOOD VARCHAR;"
                           "CREATE TABLE ZWASEALED (Z_PK INTEGER PRIMARY KEY, ZCONTENT BLOB);"
                           "INSERT INTO ZWASEALED VALUES(1, x'00'), (2, x'01');"
                           "ALTER TABLE ZWAMESSAGE DROP COLUMN ZTEXT;")
    database.execute("INSERT INTO ZWACHATSESSION(Z_PK, ZSESSIONTYPE, ZCONTACTJID) VALUES(1, 0, ?)", (FRIEND,))
    database.execute("INSERT INTO ZWAMESSAGE(ZISFROMME, ZMESSAGETYPE, ZCHATSESSION, ZMESSAGEDATE, ZFROMJID)"
                     " VALUES(0, 999, 1, ?, ?)", (T, FRIEND))
    database.close()


whole = new("ChatStorage.sqlite")
fill(whole)
whole.close()
new("ChatStorage-no_rows.sqlite").close()
damaged()
unknown_schema()
open(os.path.join(HERE, "empty.sqlite"), "wb").close()
