#!/usr/bin/env python3
"""Faults planted in a small house: tests/floors.py must find each, and nothing in a sound one."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import floors  # noqa: E402

TABLE = """\
# floor 0
attune_room(base LINKS Boost::json)
# floor 1
attune_room(crypto USES base LINKS PkgConfig::SODIUM)
attune_room(net USES base)
# floor 2
attune_room(record USES base crypto)
"""


class House(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write("CMakeLists.txt", TABLE)
        for room in ("base", "crypto", "record"):
            self.write(f"src/{room}/README.md", "What comes in.\n")
        self.write("src/base/time.h", "#pragma once\n")
        self.write("src/crypto/seal.cpp", '#include "crypto/seal.h"\n#include "base/time.h"\n')
        self.write("src/record/store.h", '#include <vector>\n#include "crypto/seal.h"\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_a_sound_house_has_no_faults(self):
        for check in floors.CHECKS:
            self.assertEqual(check(self.root), [], check.__name__)

    def test_an_include_up_a_floor_is_found_with_its_line(self):
        self.write("src/base/bad.cpp", '// words\n#include <set>\n#include "record/store.h"\n')
        self.assertEqual(floors.check_includes(self.root),
                         ["src/base/bad.cpp:3: base includes record, up to floor 2"])

    def test_an_include_that_the_table_does_not_allow_is_found(self):
        self.write("src/record/bad_test.cpp", '  #  include "net/http.h"\n')
        self.assertEqual(floors.check_includes(self.root),
                         ["src/record/bad_test.cpp:1: record includes net, not in its USES"])

    def test_a_room_outside_the_table_is_found(self):
        self.write("src/attic/box.cpp", "int x;\n")
        self.assertIn("knows no room attic", floors.check_includes(self.root)[0])

    def test_a_table_that_goes_up_or_round_is_found(self):
        self.write("CMakeLists.txt", TABLE.replace("net USES base", "net USES base record"))
        self.assertIn("net (floor 1) uses record, a floor up", floors.check_table(self.root)[0])
        self.write("CMakeLists.txt", TABLE.replace("(net USES base)", "(net USES crypto)")
                   .replace("crypto USES base", "crypto USES base net"))
        self.assertTrue(any("a circle: crypto -> net -> crypto" in fault
                            for fault in floors.check_table(self.root)))
        self.write("CMakeLists.txt", TABLE.replace("USES base crypto", "USES base cellar"))
        self.assertIn("cellar, which is no room", floors.check_table(self.root)[0])
        self.write("CMakeLists.txt", "project(attune)\n")
        self.assertTrue(floors.check_table(self.root))

    def test_a_room_without_a_readme_is_found(self):
        (self.root / "src/crypto/README.md").unlink()
        self.assertEqual(len(floors.check_readmes(self.root)), 1)

    def test_a_file_of_401_lines_is_found(self):
        self.write("src/base/long.cpp", "//\n" * 400)
        self.write("docs/long.md", "x\n" * 900)
        self.assertEqual(floors.check_lengths(self.root), [])
        self.write("src/base/long.cpp", "//\n" * 401)
        self.assertIn("401 lines", floors.check_lengths(self.root)[0])

    def test_machine_paths_and_registries_are_found(self):
        self.write("docs/fine.md", "see ../shared/data, build/work/x, $HOME/root/x and train/work/\n")
        self.assertEqual(floors.check_addresses(self.root), [])
        self.write("docs/a.md", "fine\ncd /wo" "rk/main\n")
        self.write("docs/b.md", "https://registry.npm" "js.org/vite\n")
        self.assertEqual(floors.check_addresses(self.root),
                         ["docs/a.md:2: holds a path of somebody's machine",
                          "docs/b.md:1: holds the address of a package registry"])

    def test_a_lock_without_hash_or_with_an_address_is_found(self):
        self.write("web/package.json", "{}")
        self.assertIn("no package-lock.json", floors.check_locks(self.root)[0])
        good = {"version": "1.0.0", "integrity": "sha512-abc="}
        lock = {"packages": {"": {"name": "x"}, "node_modules/a": good}}
        self.write("web/package-lock.json", json.dumps(lock))
        self.assertEqual(floors.check_locks(self.root), [])
        lock["packages"]["node_modules/b"] = {"version": "1.0.0"}
        lock["packages"]["node_modules/c"] = {**good, "resolved": "somewhere"}
        self.write("web/package-lock.json", json.dumps(lock))
        self.assertEqual(len(floors.check_locks(self.root)), 2)


if __name__ == "__main__":
    unittest.main()
