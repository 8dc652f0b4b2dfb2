#!/usr/bin/env python3
"""The audit trail, backups, erasure, and what a stolen disk gives away.

usage: tests/cli/record_test.py [TEST...]
"""
import base64
import hashlib
import json
import shutil
import sys
import threading

from _attune import (LINK, QUIET, RISKY, Server, add_user, all_messages, attune, bytes_of, check,
                     database, done, folder, has, main, new_id, rows, same, state_of)

NAME = "Dr. Ada Wunderlich-Example"


def with_history(place):
    """A data folder with a few dozen audit entries; the recovery codes of its clients."""
    data = place / "data"
    _, token = add_user(data, "clinician", NAME, "ada", "--on-call")
    with Server(data) as server:
        staff = server.signed_in(token)
        clients = [server.client() for _ in range(3)]
        for client in clients:
            client.say(RISKY)
            staff.good("GET", f"/api/patients/{client.person}/messages")
    return data, clients


# The trail is what a client can trust after a dispute: nobody with the disk in hand changes it
# unseen.
def test_audit_names_what_was_changed():
    with folder() as place:
        data, _ = with_history(place)
        count = rows(data, "SELECT COUNT(*) FROM audit")[0][0]
        check(count > 20, f"{count} entries")
        has(done("audit", "verify", "--data", data), f"intact: {count} entries")
        middle = count // 2
        text = "UPDATE audit SET entry = replace(entry, '\"granted\"', '\"refused\"') WHERE seq = "
        swap = ("UPDATE audit SET seq = -1 WHERE seq = {a}; UPDATE audit SET seq = {a} WHERE seq = "
                "{b}; UPDATE audit SET seq = {b} WHERE seq = -1;").format(a=middle, b=middle + 1)
        copy = ("INSERT INTO audit SELECT {to}, at, actor, person, entry, hash FROM audit WHERE "
                "seq = {what}")
        for what, sql, entry in (
                ("a text", text + "1", 1), ("a text", text + str(middle), middle),
                ("the last text", text + str(count), count),
                ("who", f"UPDATE audit SET actor = 'x' WHERE seq = {middle}", middle),
                ("whose", "UPDATE audit SET person = '' WHERE seq = 1", 1),
                ("when", f"UPDATE audit SET at = at + 1 WHERE seq = {middle}", middle),
                ("a hash", f"UPDATE audit SET hash = x'00' WHERE seq = {middle}", middle),
                ("its type", f"UPDATE audit SET hash = 'text' WHERE seq = {middle}", middle),
                ("one removed", f"DELETE FROM audit WHERE seq = {middle}", middle),
                ("the first removed", "DELETE FROM audit WHERE seq = 1", 1),
                ("the end removed", f"DELETE FROM audit WHERE seq > {middle}", middle + 1),
                ("all removed", "DELETE FROM audit", 1),
                ("the head removed too", "DELETE FROM audit; DELETE FROM audit_head", 1),
                ("one put behind", copy.format(to=count + 1, what=middle), count + 1),
                ("one put before", copy.format(to=0, what=1), 0),
                ("order", swap, middle)):
            shutil.rmtree(place / "changed", ignore_errors=True)
            shutil.copytree(data, place / "changed")
            with database(place / "changed") as connection:
                connection.execute("PRAGMA foreign_keys = OFF")
                connection.executescript(sql)
            ended = attune("audit", "verify", "--data", place / "changed")
            same(ended.status, 1, f"{what}: {ended.out!r}")
            has(ended.errors, f"at entry {entry}:", what)
        # Written anew with hashes that fit, but without the key to sign with.
        shutil.rmtree(place / "changed")
        shutil.copytree(data, place / "changed")
        with database(place / "changed") as connection:
            connection.execute(text + str(middle))
            before = b""
            for seq, entry in connection.execute("SELECT seq, entry FROM audit ORDER BY seq"
                                                 ).fetchall():
                before = chained(before, entry.encode())
                connection.execute("UPDATE audit SET hash = ? WHERE seq = ?", (before, seq))
            connection.execute("UPDATE audit_head SET hash = ?", (before,))
        ended = attune("audit", "verify", "--data", place / "changed")
        same(ended.status, 1, "a forged chain")
        has(ended.errors, "signature", "a forged chain")
        done("audit", "verify", "--data", data)


def chained(before, entry):
    digest = hashlib.blake2b(digest_size=32)
    for part in (before, entry):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


# An auditor without Attune can prove the chain from the export alone.
def test_exported_entries_chain():
    with folder() as place:
        data, clients = with_history(place)
        before, count = b"", 0
        for line in done("audit", "export", "--data", data).splitlines():
            json.loads(line)
            entry = line[len('{"entry":'):line.rindex(',"hash":"')]
            before = chained(before, entry.encode())
            count += 1
            same(json.loads(line)["hash"], before.hex(), f"entry {count}")
            same(json.loads(entry)["seq"], count, "numbered")
        same(count, rows(data, "SELECT COUNT(*) FROM audit")[0][0], "entries")
        has(done("audit", "export", "--data", data), clients[0].person, "whose record")


def backup_of(data, to):
    return done("backup", "--data", data, "--to", to).strip()


def texts_of(server, code):
    http = server.http()
    http.good("POST", "/api/session/recover", {"code": code})
    return [m["text"] for m in all_messages(http)]


# A backup nobody has restored is a hope: taken while people write, it gives everything back.
def test_backup_and_restore_while_people_write():
    with folder() as place:
        data, to = place / "data", place / "backups"
        add_user(data, "clinician", NAME, "ada", "--on-call")
        with Server(data) as server:
            clients = [server.client() for _ in range(3)]
            written = {client.code: [] for client in clients}
            over = threading.Event()

            def write(client):
                number = 0
                while not over.is_set():
                    number += 1
                    text = f"{QUIET} Day {number} of {client.person}."
                    same(client.say(text).status, 201, "a message meanwhile")
                    written[client.code].append(text)
            writers = [threading.Thread(target=write, args=(client,)) for client in clients]
            for writer in writers:
                writer.start()
            try:
                while min(map(len, written.values())) < 20:
                    over.wait(0.02)
                before = {code: list(texts) for code, texts in written.items()}
                file = backup_of(data, to)
                second = backup_of(data, to)
            finally:
                over.set()
                for writer in writers:
                    writer.join()
        check(file != second, "each backup has its own name")
        same(sorted(f.name for f in to.iterdir() if f.name != "keyring.backup"),
             sorted(f.rsplit("/", 1)[1] for f in (file, second)), "nothing else lies there")
        check(all(f.stat().st_mode & 0o077 == 0 for f in to.iterdir()), "closed to others")
        done("restore", "--from", file, "--data", place / "again", "--master-key",
             data / "master.key")
        done("audit", "verify", "--data", place / "again", "--master-key", data / "master.key")
        with Server(place / "again", "--master-key", data / "master.key") as server:
            for code, texts in before.items():
                same(texts_of(server, code)[:len(texts)], texts, "what was acknowledged before")
            link = LINK.search(done("user", "link", "--data", place / "again", "--master-key",
                                    data / "master.key", "--login", "ada"))[1]
            same(len(server.signed_in(link).good("GET", "/api/caseload")["clients"]), 3, "clients")


# The wrong file, half a file or the wrong key must stop before anything is overwritten.
def test_restore_refuses():
    with folder() as place:
        data, clients = with_history(place)
        to, key = place / "backups", data / "master.key"
        file = backup_of(data, to)
        same(backup_of(data, to) == file, False, "a second one")

        def refused(part, *words):
            before = state_of(place)
            ended = attune("restore", *words)
            same(ended.status, 1, f"{words}: {ended.err!r}")
            has(ended.errors, part, str(words))
            check("fault" not in ended.errors, ended.errors)
            same(state_of(place), before, "nothing was changed")
        refused("already", "--from", file, "--data", data)
        refused("already", "--from", file, "--data", data, "--master-key", key)
        new = ("--data", place / "new", "--master-key", key)
        refused("no such backup", "--from", to / "none.backup", *new)
        refused("", "--from", to / "keyring.backup", *new)
        refused("", "--from", data / "attune.db", *new)
        refused("master key", "--from", file, "--data", place / "new", "--master-key", place / "no")
        (place / "other.key").write_text("0123456789abcdef" * 4)
        (place / "other.key").chmod(0o600)
        refused("", "--from", file, "--data", place / "new", "--master-key", place / "other.key")
        whole = (to / file.rsplit("/", 1)[1]).read_bytes()
        cut = to / "cut.backup"
        for length in (0, 5, 31, 40, len(whole) // 2, len(whole) - 1):
            cut.write_bytes(whole[:length])
            refused("", "--from", cut, *new)
        for at in (10, 40, len(whole) // 2, len(whole) - 3):
            cut.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            refused("", "--from", cut, *new)
        keyring = (to / "keyring.backup").read_bytes()
        (to / "keyring.backup").unlink()
        refused("keyring is missing", "--from", file, *new)
        (to / "keyring.backup").write_bytes(keyring[:-1])
        refused("", "--from", file, *new)
        (to / "keyring.backup").write_bytes(keyring)
        done("restore", "--from", file, *new)
        with Server(place / "new", "--master-key", key) as server:
            same(texts_of(server, clients[0].code), [RISKY], "after all that")


# "Delete everything" is a promise: it holds for the disk, the running server and every backup.
def test_erasure_reaches_old_backups():
    with folder() as place:
        data, clients = with_history(place)
        to, key = place / "backups", data / "master.key"
        old = backup_of(data, to)
        gone, stays = clients[0], clients[1]
        wrapped = rows(data, "SELECT wrapped FROM person_key WHERE person = ?", gone.person)[0][0]
        sealed = rows(data, "SELECT sealed FROM resource WHERE person = ?", gone.person)
        check(any(wrapped in part for part in bytes_of(data)), "the search finds a key that is there")
        with Server(data) as server:
            link = LINK.search(done("user", "link", "--data", data, "--login", "ada"))[1]
            staff, still = server.signed_in(link), server.http()
            still.good("POST", "/api/session/recover", {"code": gone.code})
            done("erase", "--data", data, "--person", gone.person, "--yes", "--backups", to)
            still.call("GET", "/api/me/messages").refused(401)
            server.http().call("POST", "/api/session/recover", {"code": gone.code}).refused(401)
            staff.call("GET", f"/api/patients/{gone.person}/messages").refused(404)
            people = {c["personId"] for c in staff.good("GET", "/api/caseload")["clients"]}
            same(people, {c.person for c in clients[1:]}, "the caseload")
            check(all(f["personId"] != gone.person
                      for f in staff.good("GET", "/api/findings")["findings"]), "the queue")
            same(texts_of(server, stays.code), [RISKY], "others are untouched")
            for part in bytes_of(data):
                check(wrapped not in part, "the key is gone from the disk")
                check(all(text not in part for (text,) in sealed), "and what it sealed")
        done("audit", "verify", "--data", data)
        has(done("audit", "export", "--data", data), '"action":"erase"', "the trail says so")
        # Again does no harm, and renews the keyring; somebody who was never there is an error.
        done("erase", "--data", data, "--person", gone.person, "--yes")
        same(attune("erase", "--data", data, "--person", new_id(), "--yes").status, 1, "nobody")
        done("restore", "--from", old, "--data", place / "new", "--master-key", key)
        with Server(place / "new", "--master-key", key) as server:
            server.http().call("POST", "/api/session/recover", {"code": gone.code}).refused(401)
            link = LINK.search(done("user", "link", "--data", place / "new", "--master-key", key,
                                    "--login", "ada"))[1]
            server.signed_in(link).call("GET", f"/api/patients/{gone.person}").refused(404)
            same(texts_of(server, stays.code), [RISKY], "others come back")
        same(rows(place / "new", "SELECT COUNT(*) FROM person_key WHERE person = ?", gone.person),
             [(0,)], "no key comes back")


def forms(word):
    """A word as it could lie on a disk."""
    plain = word.encode()
    yield from (plain, plain.upper(), plain.lower(), word.encode("utf-16-le"), plain.hex().encode(),
                plain[::-1])
    for shift in range(3):  # base64 of it, wherever it stands in a longer text
        yield base64.b64encode(b"\0" * shift + plain)[4 if shift else 0:-4]


# Whoever steals the disk or a backup reads nothing: no words, no names, no codes, no links.
def test_the_disk_gives_nothing_away():
    word = "Xylophonwortspiel"
    with folder() as place:
        data, to = place / "data", place / "backups"
        _, token = add_user(data, "clinician", NAME, "adaslogin", "--on-call", "--email",
                            "ada@clinic.example")
        done("user", "password", "--data", data, "--login", "adaslogin",
             given=b"correct horse battery\n")
        add_user(data, "client", "Klara Klientenname", "klara")
        secrets = [word, token, NAME, "Wunderlich", "adaslogin", "ada@clinic", "Klientenname",
                   "correct horse battery", "any other way out"]

        def search(what):
            for part in bytes_of(place):
                for secret in secrets:
                    for form in forms(secret):
                        check(form not in part, f"{secret!r} lies on the disk {what}")
        with Server(data, "--clinic-name", "Clinic") as server:
            staff, client = server.signed_in(token), server.client()
            secrets += [client.code, client.code.replace("-", ""), client.cookie[7:],
                        staff.cookie[7:]]
            for _ in range(10):
                client.say(f"{RISKY} {word}")
            for finding in staff.good("GET", "/api/findings")["findings"]:
                seen = staff.good("GET", f"/api/findings/{finding['id']}")["finding"]
                has(json.dumps(seen), word, "the finding shows the words")
                staff.good("POST", f"/api/findings/{finding['id']}/decision", {
                    "decision": "act", "reason": f"called them, {word}",
                    "version": finding["version"]})
            staff.good("POST", f"/api/patients/{client.person}/messages",
                       {"id": new_id(), "text": f"I am here. {word}"})
            has(client.call("GET", "/api/me/export").body.decode(), word, "the export")
            backup_of(data, to)
            search("while the server runs")
        search("after it has ended")
        # The search itself is no sham: a planted word is found, in the database and beside it.
        with database(data) as connection:
            connection.execute("UPDATE consent SET text_version = ?", (f"x{word}x",))
        try:
            search("")
        except AssertionError:
            pass
        else:
            raise AssertionError("the planted word was not found")


if __name__ == "__main__":
    sys.exit(main(globals()))
