#!/usr/bin/env python3
"""What is left after a crash and on a full disk. usage: tests/cli/durable_test.py [TEST...]"""
import collections
import random
import resource
import signal
import sys
import threading

from _attune import (QUIET, RISKY, Server, add_user, all_messages, check, database, done, folder,
                     has, main, new_id, rows, same, wait_until)

ROUNDS = 3
POSTS = 1000  # a round, over CONNECTIONS; the server is killed somewhere in between
CONNECTIONS = 8


def write_until_killed(server, clients, kill_at, sent, acknowledged):
    """Posts from many connections, and kills the server when `kill_at` are acknowledged."""
    lock = threading.Lock()
    share = POSTS // len(clients)

    def write(client):
        for number in range(share):
            text = f"{RISKY if number % 20 == 0 else QUIET} Number {number} of {client.person}."
            with lock:
                message = new_id()
                sent[message] = (client.code, text)
            try:
                answer = client.say(text, message)
            except OSError:  # the server is gone
                return
            if answer.status == 201:
                with lock:
                    acknowledged.add(message)
                    if len(acknowledged) == kill_at:
                        server.process.kill()
    writers = [threading.Thread(target=write, args=(client,)) for client in clients]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


# The power goes while people write. What a page has shown as sent is there, once and whole, and
# whoever was at risk is in front of a clinician.
def test_killed_in_the_middle_of_a_thousand_messages():
    dice = random.Random(7)
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", "Dr. Ada Example", "ada", "--on-call")
        for number in range(ROUNDS):
            sent, acknowledged = {}, set()
            server = Server(data)
            clients = [server.client() for _ in range(CONNECTIONS)]
            kill_at = dice.randrange(200, POSTS - 200)
            write_until_killed(server, clients, kill_at, sent, acknowledged)
            same(server.process.wait(20), -signal.SIGKILL, "it was killed")
            server.kill()
            check(kill_at <= len(acknowledged) < len(sent), "in the middle")
            with Server(data) as server:
                wait_until(lambda: rows(data, "SELECT COUNT(*) FROM work")[0][0] == 0,
                           "every owed reading is done")
                stored = collections.Counter()
                for client in clients:
                    back = server.http()
                    back.good("POST", "/api/session/recover", {"code": client.code})
                    for message in all_messages(back):
                        stored[message["id"]] += 1
                        same(sent[message["id"]], (client.code, message["text"]), "whole")
                        same(message["state"], "read", "state")
                same(acknowledged - set(stored), set(), "acknowledged and lost")
                same(max(stored.values()), 1, "times stored")
                risky = {m for m in stored if sent[m][1].startswith(RISKY)}
                check(risky, "there are risky ones")
                found = collections.Counter(m for (m,) in rows(
                    data, "SELECT message FROM finding WHERE priority = 1") if m in sent)
                same(risky - set(found), set(), "risky and not found")
                same(max(found.values()), 1, "findings of one message")
            has(done("audit", "verify", "--data", data), "intact")
            same(rows(data, "PRAGMA integrity_check"), [("ok",)], "the database")
            print(f"       round {number + 1}: killed after {len(acknowledged)} acknowledged, "
                  f"{len(stored)} stored")


def limited(size):
    """Runs in the child: no file may grow beyond `size` bytes, as on a disk that is full."""
    def prepare():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return prepare


# A full disk must not cost the words in the box: the page is told to keep them, the operator is told
# what to do, what was stored stays, and when there is room again all goes on.
def test_disk_full():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", "Dr. Ada Example", "ada", "--on-call")
        texts = []
        with Server(data, preexec=limited(1_500_000)) as server:
            client = server.client()
            for number in range(500):
                text = f"{QUIET} Number {number}. " + "I went for a walk " * 500
                message = new_id()
                answer = client.say(text, message)
                if answer.status != 201:
                    break
                texts.append(text.strip())
            has(answer.refused(507), "disk", "what to do")
            check(texts, "some were stored before")
            # Refused again and again, never half taken, and the way to help stays open.
            for _ in range(5):
                client.say(text, message).refused(507)
            client.good("GET", "/api/help")
            check(client.call("GET", "/api/me/messages").status in (200, 507), "reading")
            server.http().call("POST", "/api/session/start", {}).refused(507)
            has(server.log(), "disk", "the operator's log")
            check("walk" not in server.log(), "no words in it")
            # Room again, without a restart.
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            same(client.say(text, message).status, 201, "the same message, sent again")
            texts.append(text.strip())
            same([m["text"].strip() for m in all_messages(client)], texts, "all of it, once")
        with Server(data) as server:
            back = server.http()
            back.good("POST", "/api/session/recover", {"code": client.code})
            same([m["text"].strip() for m in all_messages(back)], texts, "after a restart")
            same(back.say(QUIET).status, 201, "and it goes on")
        done("audit", "verify", "--data", data)


# The disk fills up between the message and its finding: what was stored is not told to be lost, and
# finding and help are there as soon as there is room.
def test_disk_full_in_the_middle_of_a_crisis():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", "Dr. Ada Example", "ada", "--on-call")
        with Server(data) as server:
            client = server.client()
            client.say(QUIET)
            log = data / "attune.db-wal"
            outcomes, stored = collections.Counter(), []
            for room in range(0, 40):  # pages of the database that may still be written

                def limit(size):
                    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                                     (size, resource.RLIM_INFINITY))
                message = new_id()
                limit(log.stat().st_size + room * 4120)
                answer = client.say(RISKY, message)
                limit(resource.RLIM_INFINITY)
                if answer.status == 201:
                    check(answer.json["help"], f"help, with room for {room} pages")
                    stored.append(message)
                else:
                    answer.refused(507)
                outcomes[answer.status] += 1
                if answer.status == 201 and answer.json["message"]["state"] == "read":
                    break
            check(outcomes[507] and outcomes[201], f"both happened: {outcomes}")
            with database(data) as connection:  # a try that failed is made again after a while
                connection.execute("PRAGMA busy_timeout = 20000")
                connection.execute("UPDATE work SET not_before = 1")
            wait_until(lambda: rows(data, "SELECT COUNT(*) FROM work")[0][0] == 0, "readings")
            found = [m for (m,) in rows(data, "SELECT message FROM finding WHERE priority = 1")]
            same(sorted(found), sorted(stored), "findings of what was stored")
            same([m["id"] for m in all_messages(client)][1:], stored, "stored")
            check(client.good("GET", "/api/me/messages")["help"], "help")
            print(f"       {dict(outcomes)}")
        done("audit", "verify", "--data", data)


if __name__ == "__main__":
    sys.exit(main(globals()))
