#!/usr/bin/env python3
"""Programs that must not compile. usage: tests/compile_fail.py [FILE.cpp...]

In tests/compile_fail/*.cpp a line that ends in `// must fail: REGEX` must give an error on that
line whose text matches; an error anywhere else is a fault of the case itself. With -DCONTROL the
same file holds the allowed way of writing it and must compile, so that a case can't hold for a
wrong reason (a missing header, a misspelt name).
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MARK = re.compile(r"//\s*must fail:\s*(.+?)\s*$")
ERROR = re.compile(r"^(.*?):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$")


def compile_file(path, *flags):
    return subprocess.run(
        ["g++", "-std=c++20", "-fsyntax-only", "-fno-diagnostics-show-caret",
         "-fdiagnostics-color=never", f"-I{HERE.parent / 'src'}", *flags, path],
        capture_output=True, text=True, stdin=subprocess.DEVNULL)


def check(path):
    """What is wrong with this case: a list of sentences, empty if it holds."""
    expected = {number: match[1]
                for number, line in enumerate(path.read_text().splitlines(), 1)
                if (match := MARK.search(line))}
    if not expected:
        return ["no line is marked '// must fail: REGEX'"]
    faults = []
    control = compile_file(path, "-DCONTROL")
    if control.returncode != 0:
        faults.append("with -DCONTROL it must compile, but: " +
                      next((line for line in control.stderr.splitlines() if "error" in line),
                           control.stderr.strip()[:200]))
    errors = {}
    for line in compile_file(path).stderr.splitlines():
        if match := ERROR.match(line):
            same = pathlib.Path(match[1]).resolve() == path.resolve()
            errors.setdefault(int(match[2]) if same else match[1], []).append(match[3])
    for number, pattern in expected.items():
        found = errors.pop(number, [])
        if not found:
            faults.append(f"line {number} compiles")
        elif not any(re.search(pattern, error) for error in found):
            faults.append(f"line {number} fails with {found[0]!r}, not with {pattern!r}")
    faults += [f"an error that no mark expects at {place}: {found[0]}"
               for place, found in errors.items()]
    return faults


def main():
    files = [pathlib.Path(name) for name in sys.argv[1:]] or \
        sorted((HERE / "compile_fail").glob("*.cpp"))
    failed = 0
    for path in files:
        faults = check(path)
        failed += bool(faults)
        print(f"{path.stem}: {'FAILED' if faults else 'ok'}")
        for fault in faults:
            print(f"  {fault}")
    if not files:
        print("there is no case")
        failed = 1
    print(f"{len(files) - failed if files else 0} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
