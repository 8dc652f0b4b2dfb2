#!/usr/bin/env python3
"""Builds and tests all of Attune. Called by ./test.

usage: ./test [--quick] [--list] [NAME...]

NAME     only suites of this name or group (./test unit, ./test unit.trust web)
--quick  without the sanitizer builds
--list   names of all suites, then ends

Each suite prints one line, its output is in build/log/NAME.log, and the tail of that is shown
when it fails. A suite that can't start has failed. The last line counts all of it.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/log"
DEV = ROOT / "build/dev"
# Rooms whose tests are cheap to build without optimisation, and hold memory or threads by hand.
ASAN_ROOMS = ["base", "crypto", "db", "net", "trust", "record"]
TSAN_ROOMS = ["net", "oversight"]
TALLY = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")


def rooms_with_tests():
    return sorted({p.parent.name for p in (ROOT / "src").glob("*/*_test.cpp")})


def count(output, status):
    """(passed, failed) from what a test program printed. Skipped tests count as failed."""
    passed = failed = 0
    if found := TALLY.findall(output):
        passed, failed = int(found[-1][0]), int(found[-1][1]) + int(found[-1][2] or 0)
    elif found := re.search(r"^Ran (\d+) tests? in ", output, re.M):  # Python's unittest
        bad = sum(int(n) for n in re.findall(r"(?:failures|errors|skipped|unexpected successes)=(\d+)",
                                             output[found.end():]))
        passed, failed = max(0, int(found[1]) - bad), bad
    elif found := re.search(r"^\s*Tests\s+(.*)\((\d+)\)", output, re.M):  # vitest
        good = re.search(r"(\d+) passed", found[1])
        passed = int(good[1]) if good else 0
        failed = int(found[2]) - passed
    elif found := re.search(r"^(?:#|ℹ) pass (\d+)$", output, re.M):  # node's own runner
        passed = int(found[1])
        failed = sum(int(n) for n in re.findall(r"^(?:#|ℹ) (?:fail|skipped|cancelled) (\d+)$",
                                                output, re.M))
    elif status == 0:
        passed = 1
    if (status != 0 and failed == 0) or passed + failed == 0:
        failed = max(1, failed)
    return passed, failed


class Suite:
    def __init__(self, name, work):
        self.name, self.work = name, work
        self.log_path = LOGS / f"{name}.log"

    def run(self):
        """Returns (passed, failed, seconds)."""
        start = time.monotonic()
        with open(self.log_path, "w", buffering=1, errors="replace") as log:
            try:
                passed, failed = self.work(Shell(log))
            except subprocess.TimeoutExpired as error:
                log.write(f"\nstopped: no end after {error.timeout:.0f} s\n")
                passed, failed = 0, 1
            except Exception as error:  # a suite that can't start has failed
                log.write(f"\ncould not run: {type(error).__name__}: {error}\n")
                passed, failed = 0, 1
        return passed, failed, time.monotonic() - start


class Shell:
    """Runs commands with their output in a suite's log."""

    def __init__(self, log):
        self.log = log

    def __call__(self, *command, cwd=ROOT, env=None, timeout=1800):
        command = [str(part) for part in command]
        self.log.write("$ " + " ".join(command) + "\n")
        self.log.flush()
        start = self.log.tell()
        # Its own process group, so that nothing it started outlives a time-out.
        with subprocess.Popen(command, cwd=cwd, env={**os.environ, **(env or {})},
                              stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
                              start_new_session=True) as process:
            try:
                status = process.wait(timeout)
            except BaseException:  # a time-out, or somebody ended ./test
                os.killpg(process.pid, signal.SIGKILL)
                raise
        with open(self.log.name, errors="replace") as again:
            again.seek(start)
            output = again.read()
        self.log.seek(0, os.SEEK_END)
        if status != 0:
            self.log.write(f"[exit status {status}]\n")
        return status, re.sub(r"\x1b\[[0-9;]*m", "", output)

    def counted(self, *command, **options):
        status, output = self(*command, **options)
        return count(output, status)


# Build folders in which everything asked for was built in this run.
whole = set()
building = threading.Lock()


def build(shell, folder, *targets):
    """Builds all it can; True if nothing failed."""
    status, _ = shell("ninja", "-C", folder, "-k", "0", *targets, timeout=3000)
    if status == 0:
        whole.add(folder)
    return status == 0


def ready(shell, folder, target):
    """True if `target` is built from what the sources say now; a stale program proves nothing."""
    if folder in whole:
        return True
    with building:
        return shell("ninja", "-C", folder, target, timeout=3000)[0] == 0


def build_dev(shell):
    if shell("cmake", "--preset", "dev")[0] != 0:
        return 0, 1
    return (1, 0) if build(shell, DEV) else (0, 1)


def gtest(shell, folder, room, env=None, prefix=()):
    program = folder / f"test_{room}"
    if not ready(shell, folder, f"test_{room}"):
        shell.log.write(f"test_{room} is not built; see the log of the build\n")
        return 0, 1
    report = pathlib.Path(shell.log.name).with_suffix(".json")
    report.unlink(missing_ok=True)
    status, output = shell(*prefix, program, f"--gtest_output=json:{report}", "--gtest_color=no",
                           cwd=folder, env=env, timeout=900)
    if not report.is_file():  # it crashed
        return output.count("[       OK ]"), max(1, output.count("[  FAILED  ]"))
    passed = failed = 0
    for suite in json.loads(report.read_text())["testsuites"]:
        for test in suite["testsuite"]:
            good = test["result"] == "COMPLETED" and not test.get("failures")
            passed, failed = passed + good, failed + (not good)
    if (status != 0 and failed == 0) or passed + failed == 0:
        failed += 1
    return passed, failed


def sanitizer(preset, rooms, env, prefix=()):
    def work(shell):
        here = [room for room in rooms if room in rooms_with_tests()]
        folder = ROOT / "build" / preset
        if shell("cmake", "--preset", preset, "-DATTUNE_WEB=OFF")[0] != 0:
            return 0, 1
        build(shell, folder, *[f"test_{room}" for room in here])
        passed = failed = 0
        for room in here:
            good, bad = gtest(shell, folder, room, env, prefix)
            shell.log.write(f"{preset} {room}: {good} passed, {bad} failed\n")
            passed, failed = passed + good, failed + bad
        missing = len(rooms) - len(here)
        return passed, failed + missing
    return work


def fuzz_corpora(shell):
    passed = failed = 0
    for source in sorted((ROOT / "fuzz").glob("*.cpp")):
        name = f"fuzz_{source.stem}"
        corpus = ROOT / "fuzz/corpus" / source.stem
        if not corpus.is_dir() or not ready(shell, DEV, name):
            shell.log.write(f"{name}: not built, or fuzz/corpus/{source.stem} is missing\n")
            failed += 1
            continue
        status, output = shell(DEV / name, corpus, timeout=300)
        good, bad = count(output, status)
        if status != 0:
            shell.log.write(f"{name}: the last file named above is the one that failed\n")
        passed, failed = passed + good, failed + bad
    return passed, failed


def scripts(*patterns, needs_program=True):
    """Every script that matches runs by itself, with ATTUNE naming the program."""
    def work(shell):
        files = sorted({f for pattern in patterns for f in ROOT.glob(pattern)
                        if f.suffix in (".py", ".sh") and not f.name.startswith("_")})
        if not files:
            shell.log.write(f"nothing matches {patterns}\n")
            return 0, 1
        if needs_program and not ready(shell, DEV, "attune"):
            shell.log.write("build/dev/attune is not built; see the log of the build\n")
            return 0, 1
        passed = failed = 0
        for file in files:
            runner = "python3" if file.suffix == ".py" else "bash"
            good, bad = shell.counted(runner, file, env={"ATTUNE": str(DEV / "attune")},
                                      timeout=900)
            shell.log.write(f"{file.name}: {good} passed, {bad} failed\n")
            passed, failed = passed + good, failed + bad
        return passed, failed
    return work


def web(script, *more):
    def work(shell):
        if shell(ROOT / "tools/npm_ci.sh", ROOT / "web")[0] != 0:
            return 0, 1
        return shell.counted("npm", "run", "--silent", script, *more, cwd=ROOT / "web",
                             env={"NO_COLOR": "1"}, timeout=900)
    return work


def command(*parts):
    return lambda shell: shell.counted(*parts)


def all_suites():
    # setarch -R: ThreadSanitizer of g++ 12 does not start under newer kernels' address layout.
    setarch = ("setarch", "-R") if shutil.which("setarch") else ()
    suites = [Suite("floors", command("python3", "tests/floors.py")),
              Suite("format", command("python3", "tools/lint.py", "format")),
              Suite("compile-fail", command("python3", "tests/compile_fail.py")),
              Suite("build", build_dev)]
    suites += [Suite(f"unit.{room}", lambda shell, room=room: gtest(shell, DEV, room))
               for room in rooms_with_tests()]
    return suites + [
        Suite("house", scripts("tests/house_*_test.py", needs_program=False)),
        Suite("fuzz", fuzz_corpora),
        Suite("web.lint", web("lint")),
        Suite("web.types", web("typecheck")),
        Suite("web.unit", web("test")),
        Suite("web.build", web("build")),
        Suite("cli", scripts("tests/cli/*")),
        Suite("e2e", scripts("tests/e2e/run.py")),
        Suite("tidy", command("python3", "tools/lint.py", "tidy")),
        Suite("asan", sanitizer("asan", ASAN_ROOMS, {
            "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
            "UBSAN_OPTIONS": "print_stacktrace=1"})),
        Suite("tsan", sanitizer("tsan", TSAN_ROOMS, {"TSAN_OPTIONS": "halt_on_error=1"}, setarch)),
    ]


# These may run two at a time; the rest needs both cores or the same folder.
def side_by_side(suite):
    return suite.name.startswith("unit.")


def show(suite, result):
    passed, failed, seconds = result
    print(f"{suite.name}: {passed} passed, {failed} failed ({seconds:.1f} s)", flush=True)
    if failed:
        lines = suite.log_path.read_text(errors="replace").splitlines()
        wanted = 60 if suite.name in ("build", "e2e") else 40
        for line in lines[-wanted:]:
            print(f"    {line[:300]}")
        print(f"  all of it: {suite.log_path.relative_to(ROOT)}", flush=True)


def chosen(suites, names, quick):
    unknown = [n for n in names
               if not any(s.name == n or s.name.startswith(n + ".") for s in suites)]
    if unknown:
        sys.exit(f"no suite is called {unknown[0]}; ./test --list names them")
    picked = [s for s in suites
              if not names or any(s.name == n or s.name.startswith(n + ".") for n in names)]
    if quick:
        picked = [s for s in picked if s.name not in ("asan", "tsan")]
    needs_build = ("unit", "fuzz", "cli", "e2e", "tidy")
    if names and not any(s.name == "build" for s in picked) and \
            any(s.name.split(".")[0] in needs_build for s in picked):
        picked.insert(0, next(s for s in suites if s.name == "build"))
    return picked


def stop(number, _frame):
    sys.exit(128 + number)


def main():
    signal.signal(signal.SIGTERM, stop)
    arguments = sys.argv[1:]
    if "--help" in arguments or "-h" in arguments:
        print(__doc__)
        return 0
    suites = all_suites()
    if "--list" in arguments:
        print("\n".join(suite.name for suite in suites))
        return 0
    flags = [a for a in arguments if a.startswith("-")]
    if unknown := [flag for flag in flags if flag != "--quick"]:
        sys.exit(f"{unknown[0]} is not a flag; see ./test --help")
    picked = chosen(suites, [a for a in arguments if not a.startswith("-")], "--quick" in flags)
    LOGS.mkdir(parents=True, exist_ok=True)
    start, passed, failed = time.monotonic(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = {}
        for index, suite in enumerate(picked):
            if side_by_side(suite) and suite not in results:
                for other in picked[index:]:
                    if not side_by_side(other):
                        break
                    results[other] = pool.submit(other.run)
            if sys.stdout.isatty():
                print(f"{suite.name} …", end="\r", flush=True)
            result = results[suite].result() if suite in results else suite.run()
            show(suite, result)
            passed, failed = passed + result[0], failed + result[1]
    print(f"in {time.monotonic() - start:.0f} s")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
