"""Makes the samples of this folder, and the ZIP with a write-ahead log among those of zip_container.

Everything in them is made up: numbers begin with +39 000, which is given to nobody. Python's own sqlite3 is all that is
needed: `python3 make.py`. The bytes may differ with SQLite's version; the stored samples are what the goldens are of.
"""

import base64
import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ZIPS = os.path.join(HERE, "..", "..", "zip_container", "samples")
FRIEND, OTHER, GROUP = "390000000001", "390000000002", "390000000001-1500000000"
# 1 March 2026, 20:00 UTC.
T = 1772395200000


def sha(number):
    return base64.b64encode(hashlib.sha256(b"placeholder file %d" % number).digest()).decode()


def new(name, *settings):
    path = os.path.join(HERE, name)
    if os.path.exists(path):
        os.remove(path)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA page_size=1024")
    for setting in settings:
        database.execute(setting)
    return database


OLD = """
CREATE TABLE messages (_id INTEGER PRIMARY KEY AUTOINCREMENT, key_remote_jid TEXT NOT NULL, key_from_me INTEGER,
    key_id TEXT NOT NULL, status INTEGER, needs_push INTEGER, data TEXT, timestamp INTEGER, media_url TEXT,
    media_mime_type TEXT, media_wa_type TEXT, media_size INTEGER, media_name TEXT, media_caption TEXT, media_hash TEXT,
    latitude REAL, longitude REAL, remote_resource TEXT);
CREATE TABLE chat_list (_id INTEGER PRIMARY KEY AUTOINCREMENT, key_remote_jid TEXT UNIQUE, subject TEXT, creation INTEGER);
CREATE TABLE props (_id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, value TEXT);
"""


def old(name, *settings):
    database = new(name, *settings)
    database.executescript(OLD)
    friend, group = FRIEND + "@s.whatsapp.net", GROUP + "@g.us"
    rows = [
        ("-1", 0, "-1", -1, None, 0, None, "-1", 0, None, None, None, 0, 0, None),
        (friend, 1, "K1", 5, "placeholder 1", T, None, "0", 0, None, None, None, 0, 0, None),
        (friend, 0, "K2", 0, "placeholder 2 à €", T + 1234, None, "0", 0, None, None, None, 0, 0, None),
        (friend, 0, "K3", 0, None, T + 60000, "https://files.example.org/1.enc", "1", 4096, None, "placeholder 3", sha(1), 0, 0, None),
        (group, 0, "K4", 0, None, T + 120000, None, "9", 2048, "plan.pdf", None, sha(2), 0, 0, OTHER + "@s.whatsapp.net"),
        (group, 0, "K5", 6, "placeholder subject", T + 180000, None, "0", 1, None, None, None, 0, 0, OTHER + "@s.whatsapp.net"),
        (friend, 1, "K6", 5, None, T + 240000, None, "5", 0, "placeholder place", None, None, 10.5, 20.25, None),
        (friend, 0, "K7", 0, None, T + 300000, None, "10", 0, None, None, None, 0, 0, None),
        (friend, 0, "K8", 0, None, T + 360000, None, "2", 100, None, None, "not a hash", 0, 0, None),
        (friend, 0, "K9", 0, "placeholder without a time", 0, None, "0", 0, None, None, None, 0, 0, None),
        ("status@broadcast", 0, "KA", 0, "placeholder 10", T + 420000, None, "0", 0, None, None, None, 0, 0, friend),
    ]
    database.executemany(
        "INSERT INTO messages(key_remote_jid, key_from_me, key_id, status, data, timestamp, media_url, media_wa_type,"
        " media_size, media_name, media_caption, media_hash, latitude, longitude, remote_resource)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
    database.executemany("INSERT INTO chat_list(key_remote_jid, subject) VALUES(?,?)",
                         [(friend, None), (group, "placeholder group")])
    database.execute("INSERT INTO props(key, value) VALUES('ready', '1')")
    database.close()


NEW = """
CREATE TABLE jid (_id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, server TEXT NOT NULL, agent INTEGER,
    device INTEGER, type INTEGER, raw_string TEXT);
CREATE TABLE jid_map (lid_row_id INTEGER PRIMARY KEY NOT NULL, jid_row_id INTEGER NOT NULL, sort_id INTEGER);
CREATE TABLE chat (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid_row_id INTEGER UNIQUE, subject TEXT, sort_timestamp INTEGER);
CREATE TABLE message (_id INTEGER PRIMARY KEY AUTOINCREMENT, chat_row_id INTEGER NOT NULL, from_me INTEGER NOT NULL,
    key_id TEXT NOT NULL, sender_jid_row_id INTEGER, status INTEGER, timestamp INTEGER, message_type INTEGER,
    text_data TEXT);
CREATE TABLE message_media (message_row_id INTEGER PRIMARY KEY, chat_row_id INTEGER, file_path TEXT, file_size INTEGER,
    mime_type TEXT, file_length INTEGER, media_name TEXT, file_hash TEXT, original_file_hash TEXT);
CREATE TABLE message_location (message_row_id INTEGER PRIMARY KEY, chat_row_id INTEGER, latitude REAL, longitude REAL,
    place_name TEXT);
CREATE TABLE message_thumbnail (message_row_id INTEGER PRIMARY KEY, thumbnail BLOB);
CREATE TABLE call_log (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid_row_id INTEGER, from_me INTEGER, call_id TEXT,
    timestamp INTEGER, video_call INTEGER, duration INTEGER, call_result INTEGER, group_jid_row_id INTEGER DEFAULT 0);
"""
JIDS = [
    (1, FRIEND, "s.whatsapp.net", 0, FRIEND + "@s.whatsapp.net"),
    (2, OTHER, "s.whatsapp.net", 0, OTHER + "@s.whatsapp.net"),
    (3, GROUP, "g.us", 1, GROUP + "@g.us"),
    (4, "100000000000004", "lid", 18, "100000000000004@lid"),
    (5, "100000000000005", "lid", 18, "100000000000005@lid"),
    (6, FRIEND, "s.whatsapp.net", 17, FRIEND + ".0:1@s.whatsapp.net"),
]


def fill_new(database):
    database.executescript(NEW)
    database.executemany("INSERT INTO jid(_id, user, server, type, raw_string) VALUES(?,?,?,?,?)", JIDS)
    database.execute("INSERT INTO jid_map VALUES(4, 2, 1)")
    database.executemany("INSERT INTO chat(_id, jid_row_id, subject) VALUES(?,?,?)",
                         [(1, 1, None), (2, 3, "placeholder group"), (3, 5, None)])
    long = "placeholder " * 200
    database.executemany(
        "INSERT INTO message(_id, chat_row_id, from_me, key_id, sender_jid_row_id, status, timestamp, message_type,"
        " text_data) VALUES(?,?,?,?,?,?,?,?,?)",
        [
            (1, -1, 0, "-1", None, None, None, None, None),
            (2, 1, 1, "M2", 0, 5, T + 250, 0, "placeholder 2"),
            (3, 1, 0, "M3", 1, 0, T + 60000, 1, "placeholder 3"),
            (4, 2, 0, "M4", 4, 0, T + 120000, 9, None),
            (5, 2, 0, "M5", 5, 0, T + 180000, 0, "placeholder 5"),
            (6, 2, 0, "M6", 2, 6, T + 240000, 7, None),
            (7, 1, 1, "M7", 0, 5, T + 300000, 5, None),
            (8, 3, 1, "M8", 0, 5, T + 360000, 0, long),
            (9, 2, 0, "M9", 99, 0, T + 420000, 0, "placeholder of nobody"),
        ])
    database.executemany(
        "INSERT INTO message_media(message_row_id, chat_row_id, file_path, file_size, mime_type, file_length,"
        " media_name, file_hash, original_file_hash) VALUES(?,?,?,?,?,?,?,?,?)",
        [
            (3, 1, "Media/WhatsApp Images/IMG-1.jpg", 4096, "image/jpeg", 4096, None, sha(3), sha(4)),
            (4, 2, "Media/WhatsApp Documents/plan.pdf", 2048, "application/pdf", 2048, "plan.pdf", sha(5), None),
            (5, 2, None, None, None, None, None, None, None),
            (77, 1, "Media/WhatsApp Video/VID-1.mp4", 9000, "video/mp4", 9000, None, sha(6), None),
        ])
    database.execute("INSERT INTO message_location VALUES(7, 1, 10.5, 20.25, 'placeholder place')")
    database.execute("INSERT INTO message_thumbnail VALUES(3, x'00ff00ff')")
    database.executemany("INSERT INTO call_log(jid_row_id, from_me, call_id, timestamp, video_call, duration,"
                         " call_result, group_jid_row_id) VALUES(?,?,?,?,?,?,?,?)",
                         [(1, 1, "C1", T + 480000, 0, 35, 5, 0), (2, 0, "C2", T + 540000, 1, 0, 2, 3)])


def newer(name, *settings):
    database = new(name, *settings)
    fill_new(database)
    database.close()


def unknown_schema():
    database = new("msgstore-unknown_schema.db")
    database.executescript(NEW.replace("text_data TEXT", "words TEXT, mood TEXT"))
    database.executescript("CREATE TABLE message_sealed (message_row_id INTEGER PRIMARY KEY, content BLOB);"
                           "CREATE TABLE message_unused (a);"
                           "CREATE VIEW message_view AS SELECT * FROM message;")
    database.executemany("INSERT INTO jid(_id, user, server, type, raw_string) VALUES(?,?,?,?,?)", JIDS[:1])
    database.execute("INSERT INTO chat(_id, jid_row_id) VALUES(1, 1)")
    database.executemany(
        "INSERT INTO message(_id, chat_row_id, from_me, key_id, timestamp, message_type, words) VALUES(?,?,?,?,?,?,?)",
        [(1, 1, 0, "M1", T, 0, "placeholder 1"), (2, 1, 0, "M2", T + 1000, 9999, "placeholder 2")])
    database.executemany("INSERT INTO message_sealed VALUES(?, x'00')", [(1,), (2,), (3,)])
    database.close()


def damaged():
    """A page that leads to itself, a cell outside its page, and the end cut off."""
    path = os.path.join(HERE, "msgstore-damaged.db")
    database = new("msgstore-damaged.db")
    fill_new(database)
    database.executemany("INSERT INTO message(chat_row_id, from_me, key_id, timestamp, message_type, text_data)"
                         " VALUES(1, 0, 'D', ?, 0, ?)",
                         [(T + 600000 + n * 1000, "placeholder %d" % (n + 100)) for n in range(60)])
    root = database.execute("SELECT rootpage FROM sqlite_master WHERE name='message'").fetchone()[0]
    media = database.execute("SELECT rootpage FROM sqlite_master WHERE name='message_media'").fetchone()[0]
    database.close()
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        at = (root - 1) * 1024
        first = at + int.from_bytes(data[at + 14:at + 16], "big")
        data[first:first + 4] = root.to_bytes(4, "big")
        data[(media - 1) * 1024 + 8:(media - 1) * 1024 + 10] = b"\xff\xf0"
        file.seek(0)
        file.write(data[:-1024])
        file.truncate()


def contacts():
    database = new("wa.db")
    database.executescript("CREATE TABLE wa_contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid TEXT NOT NULL,"
                           " is_whatsapp_user BOOLEAN NOT NULL, number TEXT, display_name TEXT, wa_name TEXT);"
                           "CREATE TABLE wa_block_list (jid TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;")
    database.executemany("INSERT INTO wa_contacts(jid, is_whatsapp_user, number, display_name, wa_name)"
                         " VALUES(?,?,?,?,?)",
                         [(FRIEND + "@s.whatsapp.net", 1, "+" + FRIEND, "Zoë Finta", "zoe.finta"),
                          (OTHER + "@s.whatsapp.net", 0, "+" + OTHER, None, None),
                          (GROUP + "@g.us", 1, None, "placeholder group", None)])
    database.execute("INSERT INTO wa_block_list VALUES(?)", (OTHER + "@s.whatsapp.net",))
    database.close()


def empty():
    open(os.path.join(HERE, "empty.db"), "wb").close()
    database = new("msgstore-no_rows.db")
    database.executescript(OLD)
    database.close()


def with_log():
    """A database whose last rows are in its write-ahead log only, and one row that only the database still has."""
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "msgstore.db")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA page_size=1024")
    fill_new(database)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA wal_autocheckpoint=0")
    database.execute("DELETE FROM message WHERE _id = 2")
    database.executemany("INSERT INTO message(chat_row_id, from_me, key_id, timestamp, message_type, text_data)"
                         " VALUES(1, 0, ?, ?, 0, 'placeholder of the log')",
                         [("W1", T + 700000), ("W2", T + 701000)])
    with zipfile.ZipFile(os.path.join(ZIPS, "whatsapp-log.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("msgstore.db", "msgstore.db-wal"):
            with open(os.path.join(folder, name), "rb") as file:
                archive.writestr(zipfile.ZipInfo("databases/" + name, (2026, 3, 5, 0, 0, 0)), file.read(),
                                 zipfile.ZIP_DEFLATED)
    database.close()
    shutil.rmtree(folder)


old("msgstore-old.db")
old("msgstore-utf16.db", "PRAGMA encoding='UTF-16le'")
newer("msgstore-new.db")
unknown_schema()
damaged()
contacts()
empty()
with_log()
