"""What the tests in this folder share: the program, a server of one's own, a small HTTP client.

Every test is a function called test_*, with a comment that says what a person would lose if it
failed. `main(globals())` runs them in order and prints `N passed, N failed` as the last line.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("ATTUNE", str(ROOT / "build/dev/attune"))
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LINK = re.compile(r"/#/link/(\w+)")
# A sentence that is always a possible crisis, and one that never is.
RISKY = "I want to die. I can't see any other way out."
QUIET = "Today I cooked dinner with my sister and it was fine."
_random = random.Random(20261121)


def main(names):
    """Runs every test of a module; 1 if any failed. Arguments name the tests to run."""
    wanted = sys.argv[1:]
    passed = failed = 0
    for name, test in list(names.items()):
        if not name.startswith("test_") or (wanted and name not in wanted):
            continue
        start = time.monotonic()
        try:
            test()
        except Exception:  # a test that can't run has failed
            failed += 1
            print(f"FAILED {name} ({time.monotonic() - start:.1f} s)\n{traceback.format_exc()}")
        else:
            passed += 1
            print(f"ok     {name} ({time.monotonic() - start:.1f} s)")
        sys.stdout.flush()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed == 0 else 0


def check(truth, what):
    if not truth:
        raise AssertionError(what)


def same(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: got {repr(got)[:2000]}, not {repr(wanted)[:2000]}")


def has(text, part, what=""):
    if part not in text:
        raise AssertionError(f"{what}: {part!r} is not in {text[-2000:]!r}")


def quick_place():
    """Memory, if there is any to spare: these tests kill programs, never the power, and waiting for
    a disk at every stored message would take them minutes."""
    try:
        if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 1 << 30:
            return "/dev/shm"
    except OSError:
        pass
    return None


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="attune-cli-", dir=quick_place()) as name:
        yield pathlib.Path(name)


def new_id():
    """An id as the page makes it: 128 bits in base 32."""
    return "".join(_random.choice(ALPHABET) for _ in range(25)) + "0"


def environment():
    """Without settings of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ATTUNE")}
    kept.pop("CREDENTIALS_DIRECTORY", None)
    return kept


class Ended:
    """What a program left: status, out and err (bytes), and the most memory it held, in MiB."""

    def __init__(self, status, out, err, peak):
        self.status, self.out, self.err, self.peak_mib = status, out, err, peak

    @property
    def text(self):
        return self.out.decode()

    @property
    def errors(self):
        return self.err.decode()


def attune(*words, given=b"", timeout=300, env=None, preexec=None):
    """Runs the program to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, \
            tempfile.TemporaryFile() as into:
        into.write(given)
        into.seek(0)
        process = subprocess.Popen([PROGRAM, *map(str, words)], stdin=into, stdout=out, stderr=err,
                                   env={**environment(), **(env or {})}, preexec_fn=preexec)
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        try:
            _, state, usage = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(state)
        out.seek(0)
        err.seek(0)
        return Ended(process.returncode, out.read(), err.read(), usage.ru_maxrss / 1024)


def done(*words, **options):
    """Runs the program, which must end with 0; its standard output."""
    ended = attune(*words, **options)
    same(ended.status, 0, f"attune {' '.join(map(str, words))}: {ended.err!r}")
    return ended.text


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def refused(self, status):
        """Checks that this is a refusal a page can show; its sentence."""
        same(self.status, status, f"status ({self.body[:300]!r})")
        same(self.headers.get("content-type"), "application/problem+json", "kind of answer")
        problem = self.json
        same(problem["status"], status, "status inside")
        check(problem["title"] and problem["detail"], "a refusal says why")
        return problem["detail"]


class Http:
    """One keep-alive connection with a cookie. Connects again when the server has closed it."""

    def __init__(self, server, cookie=""):
        self.server, self.cookie, self.socket, self.buffer = server, cookie, None, b""
        self.used = 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket, self.buffer = None, b""

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.server.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.tls is not None:
            self.socket = self.server.tls.wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""

    def head(self, method, path, length=None, headers=None):
        lines = {"Host": f"localhost:{self.server.port}", "X-Attune": "1"}
        if self.cookie:
            lines["Cookie"] = self.cookie
        if length is not None:
            lines |= {"Content-Type": "application/json", "Content-Length": str(length)}
        lines |= headers or {}
        return (f"{method} {path} HTTP/1.1\r\n" +
                "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n").encode()

    def send(self, method, path, body=None, raw=None, headers=None):
        """Sends only; receive() takes the answer."""
        if self.socket is None or time.monotonic() - self.used > 20:  # the server closes idle ones
            self.close()
            self.connect()
        self.used = time.monotonic()
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        self.socket.sendall(self.head(method, path, None if data is None else len(data), headers) +
                            (data or b""))

    def _until(self, wanted):
        while len(self.buffer) < wanted:
            more = self.socket.recv(1 << 16)
            if not more:
                self.close()
                raise ConnectionResetError("the server has closed the connection")
            self.buffer += more

    def receive(self, without_body=False):
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self._until(len(self.buffer) + 1)
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        self.buffer = self.buffer[end + 4:]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = 0 if without_body else int(headers.get("content-length", 0))
        self._until(length)
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        if "set-cookie" in headers:
            self.cookie = headers["set-cookie"].split(";")[0]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(lines[0].split()[1]), headers, body)

    def call(self, method, path, body=None, raw=None, headers=None):
        self.send(method, path, body, raw, headers)
        return self.receive()

    def good(self, method, path, body=None, **options):
        """A call that must succeed; its JSON."""
        answer = self.call(method, path, body, **options)
        check(answer.status < 300, f"{method} {path}: {answer.status} {answer.body[:400]!r}")
        return json.loads(answer.body) if answer.body else None

    def say(self, text, message=None, raw=None):
        return self.call("POST", "/api/me/messages", {"id": message or new_id(), "text": text}
                         if raw is None else None, raw=raw)


# Limits so high that a test of something else never meets them.
GENEROUS = ("--limits-starts", "1000000", "--limits-requests", "1000000", "--limits-messages",
            "1000000", "--limits-sign-ins", "1000000")


class Server:
    """`attune serve` (or what `command` says) on a port of its own. Ends with the with-block."""

    def __init__(self, data, *flags, command="serve", generous=True, preexec=None, tls=None,
                 env=None):
        self.data, self.tls = pathlib.Path(data), tls
        self.log_file = tempfile.NamedTemporaryFile(prefix="attune-log-")
        self.process = subprocess.Popen(
            [PROGRAM, command, "--data", str(data), "--listen", "127.0.0.1:0",
             *(GENEROUS if generous else ()), *map(str, flags)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log_file, text=True,
            preexec_fn=preexec, env={**environment(), **(env or {})})
        self.lines = []
        self.port = 0
        start = time.monotonic()
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"listens on \w+://\S+:(\d+)", line):
                self.port = int(found[1])
                break
        self.seconds = time.monotonic() - start
        if not self.port:
            raise AssertionError(f"the server ended with {self.process.wait()}: {self.log()[-2000:]}")
        self.drain = threading.Thread(target=lambda: self.lines.extend(self.process.stdout),
                                      daemon=True)
        self.drain.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        status = self.stop()
        if kind is None:
            same(status, 0, f"the server's exit status; {self.log()[-2000:]}")

    def log(self):
        return pathlib.Path(self.log_file.name).read_text(errors="replace")

    def stop(self):
        """Asks for an end in order; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                return "no end after SIGTERM"
        self.drain.join(5)
        self.process.stdout.close()
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.drain.join(5)

    def peak_mib(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024

    def http(self, cookie=""):
        return Http(self, cookie)

    def signed_in(self, token):
        http = self.http()
        http.account = http.good("POST", "/api/session/link", {"token": token})["account"]
        return http

    def client(self, *purposes):
        """A new client without a name, who has said yes to `purposes` (care, alerts)."""
        http = self.http()
        started = http.good("POST", "/api/session/start", {})
        http.account, http.code = started["account"], started["recoveryCode"]
        http.person = started["account"]["personId"]
        for purpose in purposes or ("care", "alerts"):
            consent(http, purpose, True)
        return http


def consent(http, purpose, granted):
    version = http.good("GET", "/api/me/consents")["text"]["version"]
    return http.good("PUT", "/api/me/consents", {"source": "messages", "purpose": purpose,
                                                 "granted": granted, "textVersion": version})


def add_user(data, role, name, login, *flags):
    """(person id, token of the sign-in link)"""
    text = done("user", "add", "--data", data, "--role", role, "--name", name, "--login", login,
                *flags)
    return re.search(r"person (\w+)", text)[1], LINK.search(text)[1]


def all_messages(http, path="/api/me/messages"):
    """Every message of a conversation, oldest first."""
    found, before = [], ""
    while True:
        page = http.good("GET", f"{path}?limit=200{before}")
        found = page["messages"] + found
        if not page["more"]:
            return found
        before = "&before=" + page["messages"][0]["id"]


def database(data):
    """The database as somebody with the disk in hand sees it."""
    return contextlib.closing(sqlite3.connect(pathlib.Path(data) / "attune.db",
                                              isolation_level=None))


def rows(data, sql, *values):
    with database(data) as connection:
        return connection.execute(sql, values).fetchall()


def wait_until(truth, what, seconds=60):
    end = time.monotonic() + seconds
    while not truth():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def bytes_of(place):
    """Everything that lies in a folder, also file names."""
    for file in sorted(pathlib.Path(place).rglob("*")):
        yield file.name.encode()
        if file.is_file():
            yield file.read_bytes()


def state_of(place):
    """What has to be the same if a refused command has changed nothing. Locks are no data."""
    return {str(f.relative_to(place)): (f.stat().st_mode, hashlib.sha256(
        f.read_bytes() if f.is_file() else b"").hexdigest())
            for f in sorted(pathlib.Path(place).rglob("*")) if f.suffix != ".lock"}
