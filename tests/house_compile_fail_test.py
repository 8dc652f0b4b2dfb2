#!/usr/bin/env python3
"""tests/compile_fail.py must see when a case has stopped to hold, or holds for a wrong reason."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import compile_fail  # noqa: E402

CASE = """\
#include "base/ids.h"
#ifdef CONTROL
{control}
#else
{body}
#endif
"""


class CompileFail(unittest.TestCase):
    def faults(self, body, control="int fine;"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "case.cpp"
            path.write_text(CASE.format(body=body, control=control))
            return compile_fail.check(path)

    def test_a_case_that_holds(self):
        self.assertEqual(self.faults("int x = nothing;  // must fail: was not declared"), [])

    def test_a_case_that_compiles_is_a_fault(self):
        self.assertEqual(self.faults("int x = 1;  // must fail: was not declared"),
                         ["line 5 compiles"])

    def test_another_error_than_the_one_meant_is_a_fault(self):
        self.assertIn("not with", self.faults("int x = nothing;  // must fail: is private")[0])

    def test_an_error_elsewhere_is_a_fault(self):
        faults = self.faults("int x = nothing;  // must fail: was not declared\nint y = none;")
        self.assertIn("no mark expects at 6", faults[0])

    def test_a_control_that_does_not_compile_is_a_fault(self):
        faults = self.faults("int x = nothing;  // must fail: was not declared", "int z = none;")
        self.assertIn("with -DCONTROL it must compile", faults[0])

    def test_a_case_without_a_mark_is_a_fault(self):
        self.assertTrue(self.faults("int x = nothing;"))


if __name__ == "__main__":
    unittest.main()
