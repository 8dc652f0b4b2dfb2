#!/usr/bin/env python3
"""What whoever runs a clinic's server meets. usage: tests/cli/operator_test.py [TEST...]"""
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys

from _attune import (LINK, PROGRAM, QUIET, Server, add_user, all_messages, attune, check,
                     database, done, environment, folder, has, main, rows, same, state_of,
                     wait_until)

COMMANDS = ("serve", "demo", "screen", "user", "audit", "backup", "restore", "erase", "version")


def refused(*words, part, status=1, where=None, **options):
    """The command must end with `status`, say `part`, and leave `where` as it was."""
    before = state_of(where) if where else None
    ended = attune(*words, timeout=60, **options)
    same(ended.status, status, f"attune {' '.join(map(str, words))}: {ended.err!r}")
    has(ended.errors, part, "what it says")
    check("fault" not in ended.errors, ended.errors)
    same(ended.out, b"", "standard output")
    if where:
        same(state_of(where), before, f"{where} is as it was")


# The only help at hand at night is what the program says about itself.
def test_help():
    overview = done("--help")
    for name in COMMANDS:
        has(overview, f"\n  {name} ", "the overview")
        text = done(name, "--help")
        has(text, f"usage: attune {name}", "usage")
        has(text, "--help", "flags")
        if name not in ("screen", "version"):
            has(text, "--data DIR", name)
            has(text, "--master-key FILE", name)
    for flag, name in (("--populate", "demo"), ("--seed", "demo"), ("--role", "user"),
                       ("--to", "backup"), ("--from", "restore"), ("--yes", "erase"),
                       ("--tls-certificate", "serve"), ("--listen", "serve")):
        has(done(name, "--help"), f"  {flag}", name)
    check(re.fullmatch(r"attune \d+\.\d+\S*\n", done("version")), "version")
    same(done("--version"), done("version"), "both ways of asking")


# A slip of the finger must do nothing, and say what was meant to be typed.
def test_wrong_command_lines():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", "Dr. Ada Example", "ada")
        for words, part in (((), "usage"), (("sreve",), "no command"),
                            (("serve", "--dta", data), "no such flag"),
                            (("serve", "--data"), "value is needed"),
                            (("serve", "--data", data, "--data", data), "given twice"),
                            (("screen",), "name one file"),
                            (("audit", "--data", data), "audit verify"),
                            (("user", "remove", "--data", data), "use user add"),
                            (("user", "add", "--data", data, "--role", "wizard", "--name", "x",
                              "--login", "x"), "clinician"),
                            (("user", "add", "--data", data, "--role", "clinician", "--login",
                              "x"), "--name"),
                            (("user", "link", "--data", data), "--login"),
                            (("demo", "--data", place / "d", "--seed", "x"), "whole number"),
                            (("backup", "--data", data), "--to"),
                            (("restore", "--data", data), "--from"),
                            (("erase", "--data", data, "--yes"), "--person")):
            refused(*words, part=part, status=2, where=place)
        person = rows(data, "SELECT person FROM account")[0][0]
        refused("erase", "--data", data, "--person", person, part="--yes", status=2, where=place)
        for words, part in ((("user", "link", "--data", data, "--login", "nobody"), "nobody"),
                            (("erase", "--data", data, "--person", "0" * 26, "--yes"), "no such"),
                            (("audit", "verify", "--data", place / "none"), "no Attune"),
                            (("backup", "--data", place / "none", "--to", place), "no Attune"),
                            (("audit", "verify"), "--data")):
            refused(*words, part=part, where=place)
        # A login belongs to one person.
        ended = attune("user", "add", "--data", data, "--role", "clinician", "--name", "Other",
                       "--login", "ada")
        check(ended.status != 0 and "fault" not in ended.errors, ended.errors)
        same(done("user", "list", "--data", data).count("\n"), 1, "who works here")


# Without the key the data can't be read: starting over it with another would lose all of it.
def test_master_key():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", "Dr. Ada Example", "ada")
        key = data / "master.key"
        same((key.stat().st_mode & 0o777, data.stat().st_mode & 0o777), (0o600, 0o700), "rights")
        right = key.read_bytes()
        serve = ("serve", "--data", data, "--listen", "127.0.0.1:0")

        def put(content, mode=0o600):
            key.unlink(missing_ok=True)
            key.write_bytes(content)
            key.chmod(mode)
        others = bytes(b"0123456789abcdef"[b % 16] for b in range(3, 67))
        for content, mode, part in ((others, 0o600, "key"), (right[:40], 0o600, "64 hexadecimal"),
                                    (right + b"0", 0o600, "64 hexadecimal"),
                                    (b"", 0o600, "64 hexadecimal"),
                                    (b"z" * 64, 0o600, "64 hexadecimal"),
                                    (right, 0o644, "chmod 600"), (right, 0o640, "chmod 600"),
                                    (right, 0o660, "chmod 600")):
            put(content, mode)
            for words in (serve, ("user", "list", "--data", data),
                          ("audit", "verify", "--data", data),
                          ("backup", "--data", data, "--to", place / "to")):
                refused(*words, part=part, where=data)
        key.unlink()
        refused(*serve, part="put back the key", where=data)
        key.mkdir()
        refused(*serve, part="not a file", where=data)
        key.rmdir()
        elsewhere = place / "attune.key"
        refused(*serve, "--master-key", elsewhere, part="is not there", where=place)
        elsewhere.write_bytes(right)
        elsewhere.chmod(0o600)
        done("audit", "verify", "--data", data, "--master-key", elsewhere)
        # As systemd hands it over.
        (place / "cred").mkdir(mode=0o700)
        shutil.copy(elsewhere, place / "cred/attune-master-key")
        os.chmod(place / "cred/attune-master-key", 0o400)
        with Server(data, env={"CREDENTIALS_DIRECTORY": str(place / "cred")}) as server:
            same(server.http().good("GET", "/healthz")["status"], "ok", "served by credential")


# Two servers on one record would each believe to be the only one; one port has one owner.
def test_second_server_and_port():
    with folder() as place:
        data = place / "data"
        with Server(data) as server:
            refused("serve", "--data", data, "--listen", "127.0.0.1:0", part="another Attune")
            refused("demo", "--data", data, "--listen", "127.0.0.1:0", part="another Attune")
            refused("demo", "--data", data, "--populate", part="another Attune")
            same(rows(data, "SELECT COUNT(*) FROM person"), [(0,)], "nobody was invented")
            refused("serve", "--data", place / "other", "--listen", f"127.0.0.1:{server.port}",
                    part=str(server.port))
            same(server.http().good("GET", "/healthz")["status"], "ok", "the first goes on")
            has("".join(server.lines) + server.log(), "Nobody works here yet", "what to do first")
            done("user", "list", "--data", data)  # beside a running server


# Words on the wire in clear can be read by anybody on the same network.
def test_other_than_loopback_needs_tls():
    with folder() as place:
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.7:8080"):
            ended = attune("serve", "--data", place / "data", "--listen", address, timeout=60)
            same(ended.status, 1, address)
            has(ended.errors, "certificate", address)
        (place / "no.pem").write_text("none")
        for flags in (("--tls-certificate", place / "no.pem"),
                      ("--tls-certificate", place / "no.pem", "--tls-key", place / "no.pem"),
                      ("--tls-certificate", place / "nowhere", "--tls-key", place / "nowhere")):
            ended = attune("serve", "--data", place / "data", "--listen", "127.0.0.1:0", *flags,
                           timeout=60)
            same(ended.status, 1, str(flags))
            check("fault" not in ended.errors and ended.errors, ended.errors)


# With a certificate of its own, the server speaks TLS, and the browser never again without it.
def test_tls():
    with folder() as place:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        place / "key.pem", "-out", place / "cert.pem"], check=True,
                       capture_output=True)
        os.chmod(place / "key.pem", 0o600)
        trusting = ssl.create_default_context(cafile=place / "cert.pem")
        with Server(place / "data", "--tls-certificate", place / "cert.pem", "--tls-key",
                    place / "key.pem", tls=trusting) as server:
            has("".join(server.lines), "https://localhost:", "where it listens")
            client = server.http()
            answer = client.call("POST", "/api/session/start", {})
            same(answer.status, 201, "start")
            cookie = answer.headers["set-cookie"]
            for word in ("Secure", "HttpOnly", "SameSite=Strict"):
                has(cookie, word, "cookie")
            has(answer.headers["strict-transport-security"], "max-age=", "HSTS")
            check(client.socket.version() in ("TLSv1.3", "TLSv1.2"), client.socket.version())
            client.good("GET", "/api/me")
            with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain:
                plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                try:
                    check(b"200 OK" not in plain.recv(1000), "served without TLS")
                except ConnectionError:
                    pass


# A wrong line in a file of forty must be found by its number, before anything starts.
def test_configuration_errors_name_line_and_key():
    with folder() as place:
        file = place / "attune.conf"
        data = place / "data"
        for line, key in (("clinic.nmae = Elm", "clinic.nmae"), ("listen = 8080", "listen"),
                          ("clinic.country = Ireland", "clinic.country"),
                          ("workers = many", "workers"), ("limits.messages = -1", "limits.messages"),
                          ("clinic.language = tlh", "clinic.language"), ("data =", "data")):
            file.write_text(f"# the clinic\n\n  {line}\n")
            refused("serve", "--data", data, "--config", file, part=f"{file}:3 {key}", where=place)
        file.write_text("workers = 2\nworkers = 3\n")
        refused("serve", "--data", data, "--config", file, part=f"{file}:2 workers", where=place)
        file.write_text("just words\n")
        refused("serve", "--data", data, "--config", file, part=f"{file}:1", where=place)
        file.write_bytes(b"clinic.name = \xff\n")
        refused("serve", "--data", data, "--config", file, part=str(file), where=place)
        refused("serve", "--data", data, "--config", place / "none", part="can't be read",
                where=place)
        refused("serve", "--data", data, "--workers", "0", part="--workers", where=place)
        refused("serve", "--data", data, part="ATTUNE_WORKERS", env={"ATTUNE_WORKERS": "x"},
                where=place)
        file.write_text("smtp.url = smtps://mail.example:465\n")
        refused("serve", "--data", data, "--config", file, part="smtp.from", where=place)
        # File, then environment, then flags.
        file.write_text(f"data = {data}\nclinic.name = File\r\nlisten = 127.0.0.1:0\n")
        for env, flags, name in (({}, (), "File"), ({"ATTUNE_CLINIC_NAME": "Env"}, (), "Env"),
                                 ({"ATTUNE_CLINIC_NAME": "Env"}, ("--clinic-name", "Flag"), "Flag")):
            with Server(data, "--config", file, *flags, env=env) as server:
                same(server.client().good("GET", "/api/me")["clinic"]["name"], name, "which wins")


# Somebody looking at Attune sees a whole clinic, and never mistakes it for a real one.
def test_demonstration():
    with folder() as place:
        data = place / "demo"
        done("demo", "--populate", "--data", data)
        filled = rows(data, "SELECT (SELECT COUNT(*) FROM account WHERE role = 0), (SELECT COUNT(*) "
                      "FROM account WHERE role <> 0), (SELECT MAX(time) - MIN(time) FROM resource), "
                      "(SELECT COUNT(*) FROM resource), (SELECT COUNT(*) FROM finding)")[0]
        clients, staff, span, resources, findings = filled
        check(clients >= 30 and staff >= 3, f"{clients} clients, {staff} staff")
        check(span > 60 * 24 * 3600 * 1000, "months of history")
        check(findings > 0 and resources > 1000, f"{resources} resources, {findings} findings")
        done("demo", "--populate", "--data", data)
        same(rows(data, "SELECT COUNT(*) FROM resource")[0][0], resources, "filled once")
        with Server(data, command="demo") as server:
            print(f"       a filled folder listens after {server.seconds * 1000:.0f} ms")
            wait_until(lambda: "Ctrl-C" in "".join(server.lines), "sign-in links")
            text = "".join(server.lines)
            check(len(LINK.findall(text)) >= 4, "a link for each of staff and for a client")
            has(text, "invented", "it says so")
            token = re.search(r"clinician, .*\n\s+\S+/#/link/(\w+)", text)[1]
            clinician = server.signed_in(token)
            same(clinician.good("GET", "/api/me")["clinic"]["demo"], True, "the page is told")
            check(clinician.good("GET", "/api/caseload")["clients"], "clients in care")
            check(clinician.good("GET", "/api/findings")["findings"], "findings waiting")
        done("audit", "verify", "--data", data)
        # Real people and invented ones never share a folder.
        real = place / "real"
        add_user(real, "clinician", "Dr. Ada Example", "ada")
        refused("demo", "--populate", "--data", real, part="real clinic", where=real)
        check(rows(real, "SELECT COUNT(*) FROM account") == [(1,)], "nobody was added")


# Half a clinic would look like a whole one with holes.
def test_a_demonstration_cut_off():
    with folder() as place:
        data = place / "demo"
        process = subprocess.Popen([PROGRAM, "demo", "--populate", "--data", data],
                                   env=environment(), stdout=subprocess.DEVNULL)

        def some():
            try:
                return rows(data, "SELECT COUNT(*) FROM resource")[0][0] > 100
            except Exception:  # not made yet
                return False
        wait_until(some, "the first clients are written")
        process.kill()
        process.wait()
        for words in (("--populate",), ()):
            refused("demo", "--data", data, "--listen", "127.0.0.1:0", *words,
                    part="delete the folder")


# An older program on newer data would misread it; the way back is to put the new one on again.
def test_database_from_a_newer_version():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", "Dr. Ada Example", "ada")
        with database(data) as connection:
            newest = connection.execute("SELECT MAX(number) FROM schema_version").fetchone()[0]
            connection.execute("INSERT INTO schema_version VALUES(?, 1)", (newest + 1,))
        for words in (("serve", "--listen", "127.0.0.1:0"), ("user", "list"), ("audit", "verify")):
            refused(*words, "--data", data, part="newer Attune")
        with database(data) as connection:
            connection.execute("DELETE FROM schema_version WHERE number = ?", (newest + 1,))
        done("user", "list", "--data", data)
        for junk in (b"not a database at all" * 400, b"SQLite format 3\0" + b"\xff" * 8000):
            (data / "attune.db").write_bytes(junk)
            ended = attune("serve", "--data", data, "--listen", "127.0.0.1:0", timeout=60)
            same(ended.status, 1, "a file that is no database")
            has(ended.errors, "restore the last backup")


# Whoever is in the middle of a sentence when the server is restarted gets an answer, or none; the
# server ends in order, so that nothing needs repair.
def test_sigterm_while_people_write():
    with folder() as place:
        data = place / "data"
        add_user(data, "clinician", "Dr. Ada Example", "ada", "--on-call")
        for number in (signal.SIGTERM, signal.SIGINT):
            server = Server(data)
            clients = [server.client() for _ in range(8)]
            acknowledged = {client.code: [] for client in clients}
            for client in clients:
                client.say(QUIET)
            for client in clients:
                client.send("POST", "/api/me/messages",
                            {"id": "0" * 25 + "1", "text": f"{QUIET} {client.person}"})
            server.process.send_signal(number)
            for client in clients:
                try:
                    answer = client.receive()
                    if answer.status == 201:
                        acknowledged[client.code].append(answer.json["message"]["text"])
                except OSError:
                    pass
            same(server.process.wait(30), 0, f"ended by {number!r}: {server.log()[-500:]}")
            server.stop()
            has(server.log(), "stopped", "log")
            with Server(data) as again:
                for client in clients:
                    back = again.http()
                    back.good("POST", "/api/session/recover", {"code": client.code})
                    texts = [m["text"] for m in all_messages(back)]
                    for text in acknowledged[client.code]:
                        same(texts.count(text), 1, "an acknowledged message")
        done("audit", "verify", "--data", data)


if __name__ == "__main__":
    sys.exit(main(globals()))
