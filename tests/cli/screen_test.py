#!/usr/bin/env python3
"""`attune screen` on what people really have in files. usage: tests/cli/screen_test.py [TEST...]"""
import json
import os
import pathlib
import subprocess
import sys

from _attune import PROGRAM, RISKY, attune, check, environment, folder, has, main, same

# Most memory that reading any file may take, in MiB.
MOST_MIB = 400
EMOTIONS = 28


def screen(data, *, status=0, name=None):
    """Screens bytes as a file; ([object a line], standard error)."""
    with folder() as place:
        file = place / (name or "texts.txt")
        file.write_bytes(data)
        ended = attune("screen", file)
        same(ended.status, status, f"exit status; {ended.err[-500:]!r}")
        check(ended.peak_mib < MOST_MIB, f"{ended.peak_mib:.0f} MiB of memory")
        return [json.loads(line) for line in ended.text.splitlines()], ended.errors


def check_reading(reading, text):
    """What every reading must be, whatever the text (bytes as given)."""
    has(reading["model"], "attune", "model")
    check(reading["language"], "language")
    if "notRead" in reading:
        check("risk" not in reading, "a text that was not read has no level of risk")
        return
    shares = [reading["risk"]["probability"], reading["stress"]["probability"],
              *reading["emotions"].values()]
    check(all(0 <= share <= 1 for share in shares), f"probabilities: {shares}")
    check(reading["risk"]["low"] <= reading["risk"]["probability"] <= reading["risk"]["high"],
          "the probability lies in its interval")
    check(reading["risk"]["level"] in ("none", "indicator", "ideation", "behavior", "attempt"),
          reading["risk"]["level"])
    same(len(reading["emotions"]), EMOTIONS, "emotions")
    for piece in reading["evidence"]:
        check(0 <= piece["start"] < piece["end"] <= len(text), f"evidence inside: {piece}")
        check(piece["about"], "evidence says what it is about")
        text[piece["start"]:piece["end"]].decode()  # valid: begins and ends between characters


# A researcher or a clinic with plain notes: each line is a text, answered in order, whole.
def test_plain_lines():
    lines = [RISKY, "I had a nice day.", "Nothing helps and I am so tired of it."]
    got, errors = screen("\n".join(lines).encode() + b"\n")
    same([r["id"] for r in got], [1, 2, 3], "ids are line numbers")
    for reading, line in zip(got, lines):
        check_reading(reading, line.encode())
    check(got[0]["risk"]["level"] in ("ideation", "behavior", "attempt"), got[0]["risk"])
    check(got[0]["evidence"], "a level of risk shows its words")
    same(errors, "", "nothing to say")


# Whose text a line is comes with it: a mixed-up id is a finding about the wrong person.
def test_ids_times_and_persons_are_kept():
    given = [{"id": "a-1", "text": "I had a nice day.", "person": "p1", "time": "2026-01-02"},
             {"text": RISKY, "id": 17},
             {"text": "It rained all day long."},
             {"id": 12345678901234567, "text": "We went for a walk."}]
    got, _ = screen("".join(json.dumps(g) + "\n" for g in given).encode())
    same([r["id"] for r in got], ["a-1", 17, 3, 12345678901234567], "ids")
    same((got[0]["person"], got[0]["time"]), ("p1", "2026-01-02"), "person and time")


# A pipe is how other programs hand over texts.
def test_standard_input():
    ended = attune("screen", "-", given=b'{"text":"I had a nice day.","id":"x"}\n')
    same(ended.status, 0, ended.err)
    same(json.loads(ended.text)["id"], "x", "id")
    same(json.loads(attune("screen", "-", given=b"no line end").text)["id"], 1, "last line")


# Marks in the wrong place, or half a character, make a page show other words than the risky ones.
def test_evidence_lies_at_character_borders():
    texts = ["Ich… \u00e9t\u00e9 – caf\u00e9 😀👩‍👩‍👧 and now I want to die, it\u2019s all too much 😢😢",
             "\u200bI wa\u200bnt to d\u200bie\u0301 tonight \U0001f622 na\u00efve \u2014 truly.",
             "e\u0301e\u0301e\u0301 I can\u2019t go on living like this \ud7ff. \U0010ffff I want to die."]
    got, _ = screen("".join(json.dumps({"text": t}) + "\n" for t in texts).encode())
    for reading, text in zip(got, texts):
        check_reading(reading, text.encode())
    check(any("\u00e9" not in t.encode()[p["start"]:p["end"]].decode() and "die" in
              t.encode()[p["start"]:p["end"]].decode() for r, t in zip(got, texts)
              for p in r.get("evidence", [])), "the risky words are among the marked ones")


# One bad line must cost one text, not the thousand behind it, and be found again by its number.
def test_a_malformed_line_is_named_and_the_rest_goes_on():
    data = (b'{"text":"I had a nice day."}\n'
            b'{"text": "broken\n'
            b'{"text": 7}\n'
            b'{"id": "no text"}\n'
            b'[1,2]\n'
            b'\n'
            b'{"text":"The end was good.","id":"last"}\n')
    got, errors = screen(data, status=1, name="middle.jsonl")
    same([r["id"] for r in got], [1, "last"], "the rest")
    for number in (2, 3, 4, 5):
        has(errors, f"middle.jsonl:{number}: ", "standard error")
    same(len(errors.splitlines()), 4, "one line for each bad one")


# An export that holds nothing is no error, and no text.
def test_empty_files_and_blank_lines():
    for data in (b"", b"\n", b" \t \r\n\n\r\n", b"\xef\xbb\xbf"):
        got, errors = screen(data)
        same((got, errors), ([], ""), repr(data))


# Silence is data: what can't be read is said to be not read, never "no risk".
def test_texts_without_words_are_not_read():
    texts = ["", "   ", "😀😀👍🏽", "…!?", "\u200b\u200d\ufeff", "\u0001\u0002\u001b",
             "\u202e\u202d", "12 34"]
    got, _ = screen("".join(json.dumps({"text": t}) + "\n" for t in texts).encode())
    same(len(got), len(texts), "one answer a text")
    for reading, text in zip(got, texts):
        check("notRead" in reading, f"{text!r} was read as {reading.get('risk')}")
        check_reading(reading, text.encode())
    for text in ("أريد أن أموت الليلة", "אני רוצה למות הלילה", "我今晚想死"):
        reading = screen(text.encode())[0][0]
        same(reading.get("notRead"), "language", text)


# A word split by an invisible character is still that word to whoever wrote it.
def test_hidden_characters_hide_nothing():
    for text in ("I want to d\u200bi\u200be tonight, I really do.",
                 "I want\u0007 to\u0001 die tonight, I really do.",
                 "\u202bI want to die tonight, I really do.\u202c",
                 "I\u00a0want\u2003to\u00a0die tonight, I really do."):
        reading = screen(text.encode())[0][0]
        check(reading["risk"]["possibleCrisis"], f"{text!r}: {reading['risk']}")
        check_reading(reading, text.encode())


# A file in an old encoding is still read as far as it goes, and never breaks what reads the output.
def test_invalid_utf8():
    bad = [b"I had a caf\xe9 and a nice day.", b"\xff\xfe\xfd", b"\xed\xa0\x80 surrogate and a nice day",
           b"\xf8\x88\x80\x80\x80 too long a form here", b"I want to die \xc3", b"\xc0\xaf\xc0 over and over again"]
    got, _ = screen(b"\n".join(bad) + b"\n")
    same(len(got), len(bad), "one answer a line")
    for reading, line in zip(got, bad):
        check_reading_bytes(reading, line)
    data = (b'{"text":"caf\xe9 with a friend today","id":"\xff"}\n'
            b'{"text":"I had a nice day.","person":"\xc3"}\n'
            b'{"text":"lone \\ud800 surrogate in a text"}\n'
            b'{"text":"nul \\u0000 inside a text"}\n{"text":"The end was good.","id":5}\n')
    with folder() as place:
        (place / "x").write_bytes(data)
        ended = attune("screen", place / "x")
    check(ended.status in (0, 1), ended.err)
    objects = [json.loads(line) for line in ended.out.decode("utf-8").splitlines()]
    same(objects[-1]["id"], 5, "the last line")
    same(len(objects) + len(ended.errors.splitlines()), 5, "every line is answered or named")


def check_reading_bytes(reading, line):
    """As check_reading, for a line that is not valid UTF-8: offsets stay inside it."""
    for piece in reading.get("evidence", []):
        check(0 <= piece["start"] < piece["end"] <= len(line), f"evidence inside: {piece}")
    has(reading["model"], "attune", "model")


# Files from Windows and from spreadsheets.
def test_windows_line_ends_and_byte_order_mark():
    plain = "I want to die tonight.\nI had a nice day.\n".encode()
    crlf = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")
    same(screen(crlf)[0], screen(plain)[0], "the same readings")
    got, _ = screen(b'\xef\xbb\xbf{"text":"I had a nice day.","id":"first"}\r\n\r\n')
    same(got[0]["id"], "first", "JSON Lines behind a byte order mark")


# A diary of years in one line is read in bounded memory.
def test_a_megabyte_of_text():
    words = "the rain and my work and a long night without sleep or rest for you and me "
    text = (words * (1_000_000 // len(words) + 1)).encode()
    got, _ = screen(text + b"\nI had a nice day.\n")
    check_reading(got[0], text)
    same(got[1]["id"], 2, "and the next one too")


# A file that is no text at all must not take the machine down with everybody else's readings.
def test_a_line_of_100_mb_is_rejected_by_name():
    with folder() as place:
        file = place / "huge.txt"
        with open(file, "wb") as out:
            out.write(b"I had a nice day.\n")
            for _ in range(100):
                out.write(b"x" * 1_000_000)
            out.write(b"\nThe end was good.\n")
        ended = attune("screen", file)
    same(ended.status, 1, "exit status")
    has(ended.errors, "huge.txt:2: ", "the line is named")
    same([json.loads(line)["id"] for line in ended.text.splitlines()], [1, 3], "the rest")
    check(ended.peak_mib < MOST_MIB, f"{ended.peak_mib:.0f} MiB of memory")


# A wrong name is said so, not answered with silence that looks like "no risk".
def test_files_that_are_none():
    with folder() as place:
        for what in (place / "missing.txt", place):
            ended = attune("screen", what)
            check(ended.status == 1, f"{what}: exit status {ended.status}")
            has(ended.errors, what.name, "standard error")
            same(ended.out, b"", "no readings")
    same(attune("screen").status, 2, "no file named")
    same(attune("screen", "a", "b").status, 2, "two files named")


# `attune screen FILE | head -1` is what people type; a crash there looks like lost data.
def test_a_reader_that_goes_away_early():
    with folder() as place:
        (place / "many.txt").write_text("It rained and I stayed at home.\n" * 300)
        for ignore in (True, False):
            process = subprocess.Popen([PROGRAM, "screen", place / "many.txt"], env=environment(),
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       restore_signals=not ignore)
            json.loads(process.stdout.readline())
            process.stdout.close()
            errors = process.stderr.read().decode()
            process.stderr.close()
            status = process.wait(60)
            check(status in (1, -13), f"ended with {status}: {errors}")
            check("fault" not in errors and "terminate" not in errors, errors)


# A full disk under the output must not pass for a whole result.
def test_output_that_can_not_be_written():
    if not os.path.exists("/dev/full"):
        raise AssertionError("/dev/full is needed for this test")
    with folder() as place, open("/dev/full", "wb") as full:
        (place / "a.txt").write_text("I had a nice day.\n")
        ended = subprocess.run([PROGRAM, "screen", place / "a.txt"], env=environment(), stdout=full,
                               stderr=subprocess.PIPE, timeout=60, check=False)
        same(ended.returncode, 1, "exit status")
        has(ended.stderr.decode(), "could not be written")


# A result that changes from run to run can't be checked by anybody.
def test_same_input_same_bytes():
    lines = [RISKY, "I had a nice day.", "😀", "Nothing helps, and I hate how slow it all goes."] * 20
    data = "\n".join(lines).encode()
    with folder() as place:
        (place / "a").write_bytes(data)
        (place / "elsewhere").mkdir()
        first = attune("screen", place / "a").out
        os.chdir(place / "elsewhere")  # from another folder, by another way in
        try:
            second = attune("screen", "-", given=data).out
        finally:
            os.chdir(pathlib.Path(__file__).parent)
    same(first, second, "output")


if __name__ == "__main__":
    sys.exit(main(globals()))
