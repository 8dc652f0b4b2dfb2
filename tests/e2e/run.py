#!/usr/bin/env python3
"""A real browser against a real server. usage: tests/e2e/run.py (ATTUNE names the program)

Starts `attune demo` on a folder and port of its own, takes the sign-in links that it prints, and
runs `npm run e2e` in web/ with ATTUNE_URL, ATTUNE_CLIENT_LINK and ATTUNE_STAFF_LINK. Ends the
server with SIGTERM, which must end it in order (status 0).
"""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"https?://\S+/#/link/\S+")
START_SECONDS = 120  # the demonstration clinic's history is written first


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, program, folder):
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.lines = []
        self.process = subprocess.Popen(
            [program, "demo", "--data", f"{folder}/data", "--listen", f"127.0.0.1:{self.port}",
             "--limits-starts", "500"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def links(self):
        """(a client's link, a member of staff's), once the server has printed both."""
        client = staff = None
        before = ""
        for line in list(self.lines):
            if found := LINK.search(line):
                # Whose it is stands before it on its line, or on the line above.
                whose = (line[:found.start()].strip() or before).lower()
                if "client" in whose:
                    client = client or found[0]
                elif "clinician" in whose:
                    staff = staff or found[0]
            before = line
        return client, staff

    def wait(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            client, staff = self.links()
            if client and staff:
                try:
                    with urllib.request.urlopen(self.url + "/healthz", timeout=5) as answer:
                        if answer.status == 200:
                            return client, staff
                except OSError:
                    pass
            time.sleep(0.2)
        raise RuntimeError("no sign-in links for a client and a clinician, or no /healthz, in "
                           f"{START_SECONDS} s")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "no end after SIGTERM"


def count(text, status):
    found = re.findall(r"(\d+) passed, (\d+) failed", text)
    passed, failed = map(int, found[-1]) if found else (int(status == 0), 0)
    return passed, max(failed, int(status != 0))


def main():
    program = os.environ.get("ATTUNE", str(ROOT / "build/dev/attune"))
    with tempfile.TemporaryDirectory(prefix="attune-e2e-") as folder:
        server = Server(program, folder)
        passed = failed = 0
        try:
            client, staff = server.wait()
            done = subprocess.run(
                ["npm", "run", "--silent", "e2e"], cwd=ROOT / "web", stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=600,
                env={**os.environ, "ATTUNE_URL": server.url, "ATTUNE_CLIENT_LINK": client,
                     "ATTUNE_STAFF_LINK": staff, "NO_COLOR": "1"})
            print(done.stdout + done.stderr)
            passed, failed = count(done.stdout, done.returncode)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(f"FAILED: {error}")
            failed += 1
        finally:
            status = server.stop()
        print(f"the server stopped: {status}")
        passed, failed = passed + (status == 0), failed + (status != 0)
        if failed:
            print("the server's last lines:")
            # Links are left out: a log file is no place for them.
            print("\n".join("  " + LINK.sub("(link)", line) for line in server.lines[-30:]))
        print(f"{passed} passed, {failed} failed")
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
