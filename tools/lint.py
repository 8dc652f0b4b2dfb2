#!/usr/bin/env python3
"""Format and static analysis.

usage: tools/lint.py format [--fix]   clang-format on src/, fuzz/, bench/
       tools/lint.py tidy [FILE...]   clang-tidy on src/ without tests (needs build/dev)

clang-tidy costs seconds a file; a file that was clean is remembered in .cache/tidy by the hash of
everything that could change the verdict: itself, the project's headers it reaches, its compile
command, .clang-tidy and the tool's version.
"""
import concurrent.futures
import hashlib
import json
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.M)


def finish(files, failed):
    """One check, however many files: it holds or it doesn't."""
    print(f"{files} files, {failed} with faults")
    print("0 passed, 1 failed" if failed or not files else "1 passed, 0 failed")
    return 1 if failed or not files else 0


def cxx_files(*folders):
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*")
                  if p.suffix in {".h", ".cpp"} and p.is_file())


def format_all(fix):
    files = cxx_files("src", "fuzz", "bench")
    failed = []
    for start in range(0, len(files), 50):
        batch = files[start:start + 50]
        if fix:
            subprocess.run(["clang-format", "-i", *batch], check=True)
            continue
        done = subprocess.run(["clang-format", "--dry-run", "-Werror", *batch],
                              capture_output=True, text=True)
        if done.returncode == 0:
            continue
        bad = sorted({line.split(":")[0] for line in done.stderr.splitlines() if ": error:" in line})
        print(done.stderr[:4000])
        failed += bad or [str(p) for p in batch]
    for path in failed:
        print(f"not formatted: {path} (tools/lint.py format --fix)")
    return finish(len(files), len(failed))


def reachable(path, seen):
    """All files of the project that `path` includes, itself first."""
    if path in seen or not path.is_file():
        return seen
    seen[path] = data = path.read_bytes()
    for name in INCLUDE.findall(data):
        for base in (ROOT / "src", path.parent):
            reachable(base / name.decode(), seen)
    return seen


def fingerprint(entry, version):
    seen = reachable(pathlib.Path(entry["file"]), {})
    digest = hashlib.sha256(version)
    digest.update((ROOT / ".clang-tidy").read_bytes())
    # The same command in another clone is the same command.
    digest.update(entry["command"].replace(str(ROOT), "").encode())
    for path in sorted(seen):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + seen[path] + b"\0")
    return digest.hexdigest()


def tidy_one(entry, version, cache):
    mark = cache / fingerprint(entry, version)
    if mark.exists():
        return True, True, ""
    done = subprocess.run(
        ["clang-tidy", "-p", str(ROOT / "build/dev"), "--quiet",
         "--extra-arg=-Wno-unknown-warning-option", entry["file"]],
        capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        mark.touch()
    return done.returncode == 0, False, done.stdout + (done.stderr if done.returncode else "")


def tidy(names):
    database = ROOT / "build/dev/compile_commands.json"
    if not database.is_file():
        print("build/dev/compile_commands.json is missing; run: cmake --preset dev")
        return finish(0, 1)
    wanted = {(ROOT / name).resolve() for name in names}
    entries = {}
    for entry in json.loads(database.read_text()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(ROOT / "src") or path.name.endswith("_test.cpp"):
            continue
        if wanted and path.resolve() not in wanted:
            continue
        entry.setdefault("command", shlex.join(entry.get("arguments", [])))
        entries[path] = entry
    expected = {p for p in cxx_files("src") if p.suffix == ".cpp"
                and not p.name.endswith("_test.cpp") and (not wanted or p in wanted)}
    unknown = sorted(expected - entries.keys())
    for path in unknown:
        print(f"{path.relative_to(ROOT)}: the dev build does not know this file")
    cache = ROOT / ".cache/tidy"
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    failed, remembered = len(unknown), 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = {path: pool.submit(tidy_one, entry, version, cache)
                   for path, entry in sorted(entries.items())}
        for path, result in results.items():
            good, cached, output = result.result()
            remembered += cached
            if not good:
                failed += 1
                print(f"{path.relative_to(ROOT)}:\n{output}")
    print(f"{remembered} of {len(entries)} were clean before and have not changed")
    return finish(len(entries) + len(unknown), failed)


def main():
    match sys.argv[1:]:
        case ["format"]:
            return format_all(fix=False)
        case ["format", "--fix"]:
            return format_all(fix=True)
        case ["tidy", *names]:
            return tidy(names)
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
