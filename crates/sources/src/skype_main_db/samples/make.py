"""Makes the samples of this folder. Everything in them is made up: names end in .example, numbers begin with +39 000.

Python's own sqlite3 is all that is needed: `python3 make.py`. The bytes may differ with SQLite's version; the stored
samples are what the goldens are of.
"""

import os
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))
OWNER, FRIEND, OTHER = "anna.example", "bruno.example", "live:carla.example"
# 1 March 2026, 20:00 UTC.
T = 1772395200
SCHEMA = """
CREATE TABLE Accounts (id INTEGER NOT NULL PRIMARY KEY, is_permanent INTEGER, skypename TEXT, fullname TEXT,
    birthday INTEGER, phone_mobile TEXT, emails TEXT, displayname TEXT, liveid_membername TEXT);
CREATE TABLE Contacts (id INTEGER NOT NULL PRIMARY KEY, is_permanent INTEGER, skypename TEXT, pstnnumber TEXT,
    fullname TEXT, birthday INTEGER, emails TEXT, displayname TEXT, given_displayname TEXT, assigned_phone1 TEXT);
CREATE TABLE Conversations (id INTEGER NOT NULL PRIMARY KEY, is_permanent INTEGER, identity TEXT, type INTEGER,
    displayname TEXT);
CREATE TABLE Participants (id INTEGER NOT NULL PRIMARY KEY, convo_id INTEGER, identity TEXT);
CREATE TABLE Messages (id INTEGER NOT NULL PRIMARY KEY, is_permanent INTEGER, convo_id INTEGER, chatname TEXT,
    author TEXT, from_dispname TEXT, guid BLOB, dialog_partner TEXT, timestamp INTEGER, type INTEGER, body_xml TEXT);
CREATE TABLE Transfers (id INTEGER NOT NULL PRIMARY KEY, is_permanent INTEGER, type INTEGER, partner_handle TEXT,
    starttime INTEGER, finishtime INTEGER, filepath TEXT, filename TEXT, filesize TEXT, chatmsg_guid BLOB,
    convo_id INTEGER);
CREATE TABLE Calls (id INTEGER NOT NULL PRIMARY KEY, is_permanent INTEGER, begin_timestamp INTEGER, is_incoming INTEGER,
    host_identity TEXT, duration INTEGER, conv_dbid INTEGER);
CREATE TABLE SMSes (id INTEGER NOT NULL PRIMARY KEY, is_permanent INTEGER, timestamp INTEGER, target_numbers TEXT,
    body TEXT);
CREATE TABLE DbMeta (key TEXT NOT NULL PRIMARY KEY, value TEXT);
"""


def new(name, schema=SCHEMA):
    path = os.path.join(HERE, name)
    if os.path.exists(path):
        os.remove(path)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA page_size=1024")
    database.executescript(schema)
    return database


def fill(database):
    database.execute("INSERT INTO Accounts VALUES(1, 1, ?, 'Anna Finta', 19900102, '+39 000 000 0001',"
                     " 'anna@example.org', 'anna', NULL)", (OWNER,))
    database.executemany("INSERT INTO Contacts VALUES(?,1,?,?,?,?,?,?,?,?)",
                         [(1, FRIEND, None, "Bruno Finto", None, None, "bruno", "Br", "+39 000 000 0002"),
                          (2, OTHER, None, None, None, None, None, None, None),
                          (3, None, "+390000000003", None, None, None, "placeholder", None, None)])
    database.executemany("INSERT INTO Conversations VALUES(?,1,?,?,?)",
                         [(1, FRIEND, 1, "bruno"), (2, "19:placeholder@thread.example", 2, "placeholder group")])
    database.execute("INSERT INTO Participants VALUES(1, 2, ?)", (OTHER,))
    database.executemany(
        "INSERT INTO Messages VALUES(?,1,?,?,?,?,?,?,?,?,?)",
        [
            (1, 1, None, OWNER, "anna", b"\x01", FRIEND, T, 61, "placeholder 1"),
            (2, 1, None, FRIEND, "bruno", b"\x02", FRIEND, T + 60, 61, "placeholder &amp; 2 à €"),
            (3, 1, None, FRIEND, "bruno", b"\x03", FRIEND, T + 120, 68, "<files><file size=\"2048\">plan.pdf</file></files>"),
            (4, 2, None, OTHER, "carla", b"\x04", None, T + 180, 61, "placeholder 4"),
            (5, 2, None, OWNER, "anna", b"\x05", None, T + 240, 10, None),
            (6, 1, None, FRIEND, "bruno", b"\x06", FRIEND, T + 300, 30, None),
            (7, 1, None, FRIEND, "bruno", b"\x07", FRIEND, 0, 61, "placeholder without a time"),
            (8, None, "#anna.example/$bruno.example;1", FRIEND, None, b"\x08", FRIEND, T + 360, 61, "placeholder 8"),
        ])
    database.executemany(
        "INSERT INTO Transfers VALUES(?,1,?,?,?,?,?,?,?,?,?)",
        [
            (1, 1, FRIEND, T + 120, T + 125, "C:\\Users\\anna\\plan.pdf", "plan.pdf", "2048", b"\x03", 1),
            (2, 2, FRIEND, T + 400, None, "C:\\Users\\anna\\list.txt", "list.txt", "100", None, 1),
            (3, 9, OTHER, T + 500, None, None, "placeholder.bin", "1", None, 2),
        ])
    database.executemany("INSERT INTO Calls VALUES(?,1,?,?,?,?,?)",
                         [(1, T + 300, 1, FRIEND, 35, 1), (2, T + 700, 0, OWNER, 0, 1)])
    database.execute("INSERT INTO SMSes VALUES(1, 1, ?, '+39 000 000 0004', 'placeholder of a telephone')", (T + 800,))
    database.execute("INSERT INTO DbMeta VALUES('version', '1')")


def damaged():
    """The end of a cell is overwritten, and the file is cut."""
    path = os.path.join(HERE, "main-damaged.db")
    database = new("main-damaged.db")
    fill(database)
    root = database.execute("SELECT rootpage FROM sqlite_master WHERE name='Messages'").fetchone()[0]
    database.close()
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        at = (root - 1) * 1024
        cell = at + int.from_bytes(data[at + 10:at + 12], "big")
        data[cell + 2:cell + 4] = b"\x7f\x7f"
        file.seek(0)
        file.write(data[:-1024])
        file.truncate()


def unknown_schema():
    database = new("main-unknown_schema.db", SCHEMA.replace("body_xml TEXT", "words TEXT"))
    database.executescript("CREATE TABLE Sealed (id INTEGER PRIMARY KEY, content BLOB);"
                           "INSERT INTO Sealed VALUES(1, x'00');")
    database.execute("INSERT INTO Accounts(id, skypename) VALUES(1, 'anna.example')")
    database.execute("INSERT INTO Accounts(id, skypename) VALUES(2, 'dora.example')")
    database.execute("INSERT INTO Messages(id, author, timestamp, type) VALUES(1, 'bruno.example', ?, 999)", (T,))
    database.close()


whole = new("main.db")
fill(whole)
whole.close()
new("main-no_rows.db").close()
damaged()
unknown_schema()
open(os.path.join(HERE, "empty.db"), "wb").close()
