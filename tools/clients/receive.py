#!/usr/bin/env python3
"""Gives qBittorrent a torrent and the one peer that has it, over its own interface on the loopback, and waits until it
is received: receive.py TORRENT INTERFACE_PORT PEER_PORT FILE"""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

torrent, port, peer_port, received = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4]
base = f"http://127.0.0.1:{port}/api/v2/"


def asked(path, data=None, headers=None):
    request = urllib.request.Request(base + path, data, {"Referer": base, **(headers or {})})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read()


def until(seconds, condition):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = condition()
            if found:
                return found
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    sys.exit(f"waited {seconds} s in vain: {condition.__name__}")


def answers():
    return asked("app/version")


def torrents():
    return json.loads(asked("torrents/info"))


until(60, answers)
boundary = uuid.uuid5(uuid.NAMESPACE_URL, "made up").hex
with open(torrent, "rb") as file:
    body = (
        f"--{boundary}\r\nContent-Disposition: form-data; name=\"torrents\"; filename=\"sent.torrent\"\r\n"
        "Content-Type: application/x-bittorrent\r\n\r\n"
    ).encode() + file.read() + (
        f"\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"category\"\r\n\r\nholiday"
        f"\r\n--{boundary}--\r\n"
    ).encode()
asked("torrents/add", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
found = until(60, torrents)
peer = urllib.parse.urlencode({"hashes": found[0]["hash"], "peers": f"127.0.0.1:{peer_port}"}).encode()


def is_whole():
    state = torrents()[0]
    if state["progress"] < 1:
        asked("torrents/addPeers", peer)
    return state["progress"] == 1 and os.path.exists(received)


until(120, is_whole)
