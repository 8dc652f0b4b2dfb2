#!/usr/bin/env python3
"""A package that is not the one of the lock file must never get into the web app or the models."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def entry(version, integrity):
    return {"version": version, "integrity": integrity}


class VerifyLock(unittest.TestCase):
    def verify(self, installed):
        locked = {"": {"name": "x"}, "node_modules/a": entry("1.0.0", "sha512-aaaa"),
                  "node_modules/for-another-system": entry("1.0.0", "sha512-bbbb")}
        node = shutil.which("node")
        self.assertIsNotNone(node, "node is not installed")
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "node_modules").mkdir()
            (folder / "package-lock.json").write_text(json.dumps({"packages": locked}))
            (folder / "node_modules/.package-lock.json").write_text(
                json.dumps({"packages": installed}))
            return subprocess.run([node, ROOT / "tools/verify_lock.mjs", folder],
                                  capture_output=True, text=True).returncode

    def test_what_the_lock_names_is_accepted(self):
        self.assertEqual(self.verify({"node_modules/a": entry("1.0.0", "sha512-aaaa")}), 0)

    def test_another_hash_version_or_package_is_refused(self):
        for name, installed in {"node_modules/a": entry("1.0.0", "sha512-cccc"),
                                "node_modules/a ": entry("1.0.0", "sha512-aaaa"),
                                "node_modules/b": entry("1.0.0", "sha512-aaaa")}.items():
            self.assertEqual(self.verify({name: installed}), 1, name)
        self.assertEqual(self.verify({"node_modules/a": entry("1.0.1", "sha512-aaaa")}), 1)
        self.assertEqual(self.verify({"node_modules/a": {"version": "1.0.0"}}), 1)


if __name__ == "__main__":
    unittest.main()
