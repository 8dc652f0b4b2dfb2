#!/usr/bin/env python3
"""Holds the code to the plan of the house. usage: tests/floors.py [CHECKOUT]

- an include in src/ goes only to a room that the table in CMakeLists.txt allows
- the table itself goes only sideways and down, never in a circle
- every room with code has a README.md
- no source file is longer than 400 lines
- no tracked file holds a path of somebody's machine or the address of a package registry
- every package in a lock file has an integrity hash and no address
Each check is a function from a checkout to a list of faults; the last line says how many held.
"""
import json
import pathlib
import re
import subprocess
import sys

MAX_LINES = 400
SOURCES = {".h", ".cpp", ".ts", ".tsx", ".css"}
# In two parts, so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.$}/-])/(?:wo" r"rk|ro" r"ot|home/[a-z]\w*)/[\w.]")
REGISTRIES = re.compile(r"registry\.(?:npm" r"js|yarn" r"pkg)|deb\.deb" r"ian\.org|pypi\.o" r"rg|pythonho" r"sted")
ROOM = re.compile(r"^attune_room\(\s*(\w+)([^)]*)\)", re.M)
FLOOR = re.compile(r"^#\s*floor\s+(\d+)\s*$")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([a-z]+)/', re.M)


def rooms_of(text):
    """{room: (floor, set of rooms it uses)} from the text of CMakeLists.txt."""
    rooms, floor = {}, None
    for line in text.splitlines():
        if match := FLOOR.match(line):
            floor = int(match[1])
        elif match := ROOM.match(line):
            uses = re.search(r"\bUSES\s+(.*?)(?:\s+LINKS\b|$)", match[2])
            rooms[match[1]] = (floor, set(uses[1].split()) if uses else set())
    return rooms


def tracked(root):
    """Paths of all files that git tracks or would, below root."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=root,
                            capture_output=True, check=True).stdout
    return [root / name.decode() for name in sorted(set(listed.split(b"\0"))) if name
            and (root / name.decode()).is_file()]


def check_table(root):
    faults = []
    rooms = rooms_of((root / "CMakeLists.txt").read_text())
    if not rooms:
        return ["CMakeLists.txt: no attune_room(...) found"]
    for room, (floor, uses) in rooms.items():
        if floor is None:
            faults.append(f"CMakeLists.txt: {room} stands below no '# floor N' line")
            continue
        for used in sorted(uses):
            if used not in rooms:
                faults.append(f"CMakeLists.txt: {room} uses {used}, which is no room")
            elif rooms[used][0] is not None and rooms[used][0] > floor:
                faults.append(f"CMakeLists.txt: {room} (floor {floor}) uses {used}, a floor up")

    def circle(room, path):
        if room in path:
            return path[path.index(room):] + [room]
        for used in sorted(rooms.get(room, (0, ()))[1]):
            if found := circle(used, path + [room]):
                return found
        return None

    for room in rooms:
        if (found := circle(room, [])) and found[0] == room:
            faults.append("CMakeLists.txt: a circle: " + " -> ".join(found))
    return faults


def check_includes(root):
    faults = []
    rooms = rooms_of((root / "CMakeLists.txt").read_text())
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp"}:
            continue
        room = path.relative_to(root / "src").parts[0]
        if room not in rooms:
            faults.append(f"{path.relative_to(root)}: CMakeLists.txt knows no room {room}")
            continue
        floor, uses = rooms[room]
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            used = match[1]
            if used == room or used in uses or used not in rooms:
                continue
            line = text.count("\n", 0, match.start(1)) + 1
            why = (f"up to floor {rooms[used][0]}" if (rooms[used][0] or 0) > (floor or 0)
                   else "not in its USES")
            faults.append(f"{path.relative_to(root)}:{line}: {room} includes {used}, {why}")
    return faults


def check_readmes(root):
    rooms = sorted({p.parent for p in (root / "src").glob("*/*") if p.suffix in {".h", ".cpp"}})
    return [f"{room.relative_to(root)}: no README.md says what comes in and what goes out"
            for room in rooms if not (room / "README.md").is_file()]


def check_lengths(root):
    faults = []
    for path in tracked(root):
        name = path.relative_to(root)
        if path.suffix not in SOURCES or not name.as_posix().startswith(("src/", "web/src/")):
            continue
        lines = len(path.read_bytes().splitlines())
        if lines > MAX_LINES:
            faults.append(f"{name}: {lines} lines; over {MAX_LINES} it is asking to be two files")
    return faults


def check_addresses(root):
    faults = []
    for path in tracked(root):
        data = path.read_bytes()
        if b"\0" in data[:8192]:
            continue
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            for what, pattern in (("a path of somebody's machine", MACHINE_PATHS),
                                  ("the address of a package registry", REGISTRIES)):
                if pattern.search(line):
                    faults.append(f"{path.relative_to(root)}:{number}: holds {what}")
    return faults


def check_locks(root):
    faults = []
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        if path.name == "package.json" and not path.with_name("package-lock.json").is_file():
            faults.append(f"{name}: no package-lock.json beside it")
        if path.name != "package-lock.json":
            continue
        for package, entry in json.loads(path.read_text()).get("packages", {}).items():
            if not package or entry.get("link"):
                continue
            if not str(entry.get("integrity", "")).startswith("sha512-"):
                faults.append(f"{name}: {package} has no sha512 integrity")
            if "resolved" in entry:
                faults.append(f"{name}: {package} names where it was fetched from "
                              "(omit-lockfile-registry-resolved=true in .npmrc)")
    return faults


CHECKS = [check_table, check_includes, check_readmes, check_lengths, check_addresses, check_locks]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).parent.parent).resolve()
    failed = 0
    for check in CHECKS:
        faults = check(root)
        failed += bool(faults)
        print(f"{check.__name__.removeprefix('check_')}: {'FAILED' if faults else 'ok'}")
        for fault in faults:
            print(f"  {fault}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
