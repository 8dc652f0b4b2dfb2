#!/usr/bin/env python3
"""Messages that are odd, huge or many, over HTTP. usage: tests/cli/messages_test.py [TEST...]"""
import collections
import json
import sys
import threading
import time

from _attune import (QUIET, RISKY, Server, add_user, all_messages, check, done, folder, has, main,
                     new_id, rows, same, wait_until)

# How much the server may grow while it is sent what it must refuse, in MiB.
MOST_MIB = 400


def clinic(place, *flags, **options):
    """A running server with one clinician on call, signed in."""
    _, token = add_user(place / "data", "clinician", "Dr. Ada Example", "ada", "--on-call")
    server = Server(place / "data", *flags, **options)
    return server, server.signed_in(token)


# Nothing to send is said so, and costs nobody a finding.
def test_empty_and_blank():
    with folder() as place, clinic(place)[0] as server:
        client = server.client()
        for text in ("", " ", " \t\r\n ", "\n"):
            has(client.say(text).refused(400), "empty", repr(text))
        for body in (b"", b"{}", b"[]", b"null", b'{"id":5,"text":"x"}', b'{"text":"no id"}',
                     b'{"id":"short","text":"x"}', b'{"id":"' + new_id().encode() + b'"}'):
            client.say(None, raw=body).refused(400)
        client.call("POST", "/api/me/messages", {"id": new_id(), "text": "x"},
                    headers={"Content-Type": "text/plain"}).refused(400)
        same(all_messages(client), [], "nothing was stored")


# A long letter is refused with a sentence before it can fill the machine, and the page can go on.
def test_a_megabyte_and_100_mb():
    with folder() as place, clinic(place)[0] as server:
        client = server.client()
        detail = client.say("I can not sleep. " * 1300).refused(413)  # 22,100 characters
        has(detail, "2100 characters too long")
        same(client.say("I can not sleep. " * 1176).status, 201, "19,992 characters")
        for size in (1_000_000, 100_000_000):
            client.close()
            client.connect()
            client.socket.sendall(client.head("POST", "/api/me/messages", size))
            try:  # the server may answer and close before all of it is sent
                for _ in range(size // 1_000_000):
                    client.socket.sendall(b"x" * 1_000_000)
            except (BrokenPipeError, ConnectionResetError):
                pass
            try:
                client.receive().refused(413)
            except ConnectionResetError:  # closed while we still wrote: the answer was lost
                check(size > 1_000_000, "1 MB is answered")
            client.close()
            same(client.good("GET", "/healthz")["status"], "ok", "the next request")
        # Without a length said beforehand.
        client.close()
        client.connect()
        client.socket.sendall(client.head("POST", "/api/me/messages", headers={
            "Content-Type": "application/json", "Transfer-Encoding": "chunked"}))
        try:
            for _ in range(100):
                client.socket.sendall(b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n")
            client.receive().refused(413)
        except (BrokenPipeError, ConnectionResetError):
            pass
        client.close()
        check(server.peak_mib() < MOST_MIB, f"{server.peak_mib():.0f} MiB of memory")
        same(client.say(QUIET).status, 201, "the next message")
        same(len(all_messages(client)), 2, "stored messages")


# What a person typed comes back as they typed it; what can't be text is refused, not mangled.
def test_odd_texts():
    texts = ["😀😢🏳️‍🌈", "שלום, קשה לי היום", "أنا متعب جدا اليوم", "\u202eback\u202c to front",
             "zero\u200bwidth\u200d joined\ufeff", "bell\u0007 escape\u001b[31m tab\t line\nend",
             "quote \" slash \\ </script><b>&amp;", "\u0000 nul", "e\u0301 \U0010ffff \ufffe",
             "'; DROP TABLE resource; --", "%s %n ${HOME} `id`"]
    with folder() as place:
        server, staff = clinic(place)
        with server:
            client = server.client()
            for text in texts:
                answer = client.say(text)
                same(answer.status, 201, f"{text!r}: {answer.body[:200]!r}")
                same(answer.json["message"]["text"], text, "the answer")
            same([m["text"] for m in all_messages(client)], texts, "what the client sees")
            seen = all_messages(staff, f"/api/patients/{client.person}/messages")
            same([m["text"] for m in seen], texts, "what the clinician sees")
            check(all(m["state"] != "stored" for m in all_messages(client)), "each was looked at")
            before = len(texts)
            for bad in (b"\xff\xfe", b"caf\xe9", b"\xed\xa0\x80", b"\xc0\xaf"):
                client.say(None, raw=b'{"id":"' + new_id().encode() + b'","text":"' + bad + b'"}'
                           ).refused(400)
            for bad in (b'{"id":"x"', b"\x00", b"[" * 5000, b'{"id":"\\ud800"}', b"{" * 15000):
                client.say(None, raw=bad).refused(400)
            same(len(all_messages(client)), before, "nothing half there")
            # What can't be read is a finding of its own.
            kinds = {f["kind"] for f in staff.good("GET", "/api/findings")["findings"]}
            has(kinds, "not-read", "kinds of findings")


# A phone in a tunnel sends again: one message, not two; and never another's words under its id.
def test_sending_again():
    with folder() as place, clinic(place)[0] as server:
        client, other = server.client(), server.client()
        message = new_id()
        same(client.say(RISKY, message).status, 201, "first")
        again = client.say(RISKY, message)
        same(again.status, 200, "again")
        check(again.json["help"], "help is shown again")
        client.say("other words", message).refused(409)
        same(other.say(QUIET, message).status, 201, "another client's id is their own")
        same([m["text"] for m in all_messages(client)], [RISKY], "the first client's")
        same([m["text"] for m in all_messages(other)], [QUIET], "the other's")
        done("audit", "verify", "--data", server.data)


def flood(server, clients, texts, connections, outcome):
    """Sends all of `texts` as fast as it goes over many connections; fills outcome[id] = (client,
    text) for every acknowledged message."""
    ways = []
    for i in range(connections):
        client = clients[i % len(clients)]
        way = server.http(client.cookie)
        way.connect()
        ways.append((client, way))
    lock = threading.Lock()
    failures = []

    def pump(mine, share):
        try:
            for start in range(0, len(share), len(mine)):
                sent = []
                for (client, way), text in zip(mine, share[start:start + len(mine)]):
                    message = new_id_safe()
                    way.send("POST", "/api/me/messages", {"id": message, "text": text})
                    sent.append((client, way, message, text))
                for client, way, message, text in sent:
                    answer = way.receive()
                    tries = 0
                    while answer.status == 503 and tries < 200:  # busy: a page tries again
                        check(int(answer.headers["retry-after"]) > 0, "503 says when")
                        time.sleep(0.05)
                        tries += 1
                        answer = way.call("POST", "/api/me/messages",
                                          {"id": message, "text": text})
                    check(answer.status in (200, 201), f"{answer.status} {answer.body[:300]!r}")
                    with lock:
                        outcome[message] = (client, text)
        except Exception as error:  # told to whoever waits below
            failures.append(error)

    def new_id_safe():
        with lock:
            return new_id()

    threads = 4
    pumps = [threading.Thread(target=pump, args=(ways[i::threads], texts[i::threads]))
             for i in range(threads)]
    for one in pumps:
        one.start()
    for one in pumps:
        one.join()
    for _, way in ways:
        way.close()
    if failures:
        raise failures[0]


# A waiting room full of phones after an outage: nobody's words are lost or doubled, everybody at
# risk is in front of a clinician once, and whoever else asks meanwhile is answered.
def test_ten_thousand_at_once():
    count, every = 10_000, 50
    texts = [RISKY if i % every == 0 else f"I cooked dinner and it was fine, for the {i}th time."
             for i in range(count)]
    with folder() as place:
        server, staff = clinic(place)
        with server:
            clients = [server.client() for _ in range(40)]
            outcome, waits, over = {}, [], threading.Event()

            def ask():
                with server.http(staff.cookie) as other:
                    while not over.is_set():
                        start = time.monotonic()
                        other.good("GET", "/api/pages")
                        other.good("GET", "/healthz")
                        waits.append(time.monotonic() - start)
                        time.sleep(0.2)
            asking = threading.Thread(target=ask)
            asking.start()
            start = time.monotonic()
            try:
                flood(server, clients, texts, 200, outcome)
            finally:
                over.set()
                asking.join()
            seconds = time.monotonic() - start
            same(len(outcome), count, "acknowledged")
            check(waits, "others were answered meanwhile")
            wait_until(lambda: rows(server.data, "SELECT COUNT(*) FROM work")[0][0] == 0,
                       "every owed reading is done", 120)
            print(f"       {count / seconds:.0f} messages a second; the slowest other request "
                  f"{max(waits):.2f} s; all read after {time.monotonic() - start:.1f} s; "
                  f"{server.peak_mib():.0f} MiB")
            stored = collections.Counter()
            for client in clients:
                for message in all_messages(client):
                    stored[message["id"]] += 1
                    same(outcome[message["id"]], (client, message["text"]), "whose words")
                    same(message["state"], "read", "state")
            same(set(stored), set(outcome), "stored messages")
            same(max(stored.values()), 1, "times stored")
            risky = {m for m, (_, text) in outcome.items() if text == RISKY}
            found = collections.Counter(m for (m,) in rows(
                server.data, "SELECT message FROM finding WHERE priority = 1"))
            same(risky - set(found), set(), "risky and not found")
            same(max(found.values()), 1, "findings of one message")
            check(server.peak_mib() < MOST_MIB, f"{server.peak_mib():.0f} MiB of memory")
        done("audit", "verify", "--data", server.data)


# One broken page, or somebody with a script, must not crowd out everybody else; and it is told when
# to come back, with what was typed kept.
def test_too_often():
    with folder() as place, clinic(place, generous=False)[0] as server:
        client, other = server.client(), server.client()
        answers = []
        for _ in range(500):
            answers.append(client.say(QUIET))
            if answers[-1].status != 201:
                break
        refused = answers[-1]
        has(refused.refused(429), "wait")
        check(int(refused.headers["retry-after"]) > 0, "Retry-After")
        same(other.say(QUIET).status, 201, "another client goes on")
        check(client.call("GET", "/api/help").status == 200, "help is always there")
        stranger = server.http()
        for _ in range(200):
            answer = stranger.call("POST", "/api/session/recover", {"code": "wrong"})
            if answer.status == 429:
                break
        answer.refused(429)
        check(json.loads(client.call("GET", "/api/me").body)["account"], "who is in stays in")


if __name__ == "__main__":
    sys.exit(main(globals()))
