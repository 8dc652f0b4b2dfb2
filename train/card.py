#!/usr/bin/python3
"""Writes models/text/CARD.md from metrics.json, so that its figures are those of the weights."""
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
m = json.loads((folder / "metrics.json").read_text())
stress, emotions, risk, exam = m["stress"], m["emotions"], m["risk"], m["exam"]
fresh = m["exam_fresh"]
person = risk["crossValidatedByPerson"]


def family_rows():
    rows = []
    for name, (flagged, count) in exam["flaggedByFamily"].items():
        kind, family = name.split(" ", 1)
        again, more = fresh["flaggedByFamily"].get(name, ("", ""))
        rows.append(f"| {family} | {'current risk' if kind == 'crisis' else 'benign'} "
                    f"| {flagged} of {count} | {f'{again} of {more}' if more else '-'} |")
    return "\n".join(rows)


card = f"""# attune-text 1: what a message may mean for the person who wrote it

Reads one English text and claims: suicide risk by Columbia level, stress, 28 emotions. Every claim is
a probability for a person to look at. It decides nothing, closes nothing, diagnoses nothing.

## For and not for
For: putting a message in front of a clinician sooner, with the words that carried the claim; offering
a client help at once. Not for: deciding on treatment, detention, insurance or employment; watching
people who have not agreed; children's safeguarding on its own; any language but English.

## How it reads
Sentence by sentence: a published sentence encoder (Universal Sentence Encoder lite, Apache-2.0, its
matrices rounded to 7 bits), words and word pairs, and the phrases of `content/risk-phrases.json`.
Linear heads over these; the risk of a text is combined from the whole and from its gravest sentence,
so that one sentence in a long calm letter counts. Intervals: the spread of 8 bootstrap replicates
(90 %). `possibleCrisis` is P(ideation or worse) of at least {risk["threshold"]:.3f}: the lowest threshold
that flags at most 12 % of the benign written sentences in cross-validation; it caught
{100 * risk["writtenHeldOut"]["recall"]:.1f} % of those of current risk.

## Trained on
| head | data | licence as found |
|---|---|---|
| stress | dreaddit train ({stress["train"]} posts) | none stated ("card") |
| emotions | GoEmotions train ({emotions["train"]} comments) | Apache-2.0 |
| risk | C-SSRS posts ({risk["posts"]}; by users of support forums) | none in the mirror ("card") |
| risk | sentences written for Attune ({risk["written"]}) | the project's own |
| risk, weakly | SDCNL train (which forum), dreaddit train, GoEmotions train as calm writing | none stated ("card"); Apache-2.0 |

"card": the licence is unclear; an operator who wants none of it can retrain without that source
(`train/README.md`).

## Measured
Bootstrap 95 % intervals in brackets. Test cuts were not trained on, nor used to choose anything.

| what | figure |
|---|---|
| stress, dreaddit test ({stress["test"]}), weighted F1 | {stress["testWeightedF1"]:.3f} [{stress["testWeightedF1Interval"][0]:.3f}, {stress["testWeightedF1Interval"][1]:.3f}] |
| stress, calibration error; Brier | {stress["testCalibrationError"]:.3f}; {stress["testBrier"]:.3f} |
| emotions, GoEmotions test ({emotions["test"]}), macro F1 of 28 | {emotions["testMacroF1"]:.3f} [{emotions["testMacroF1Interval"][0]:.3f}, {emotions["testMacroF1Interval"][1]:.3f}] |
| emotions, mean calibration error | {emotions["testCalibrationError"]:.3f} |
| risk, C-SSRS posts, 5 folds by person, weighted F1; macro F1 of 5 | {person["weightedF1"]:.3f}; {person["macroF1"]:.3f} [{person["macroF1Interval"][0]:.3f}, {person["macroF1Interval"][1]:.3f}] |
| the same, ideation or worse, area under the curve | {person["ideationOrWorseAuc"]:.3f} |
| the same, calibration error of indicator; of ideation | {person["calibrationErrorIndicator"]:.3f}; {person["calibrationErrorIdeation"]:.3f} |
| exam (`tests/data/risk_exam.jsonl`), recall of current risk; false alarms | {exam["recall"]:.3f}; {exam["falseAlarms"]:.3f} |
| fresh exam (`tests/data/risk_exam_fresh.jsonl`), the same | {fresh["recall"]:.3f}; {fresh["falseAlarms"]:.3f} |

The exam by family, by `possibleCrisis`:

| family | is | exam: flagged | fresh exam: flagged |
|---|---|---|---|
{family_rows()}

Both were written by the people who wrote the phrases, in other sentences. The first exam's failures
were seen while phrases and written sentences were being added. The fresh exam holds harder hints; the
model before this one, which had never met it, caught 58 % of its current risk at 6 % false alarms, and
its failures were then seen once. So both figures flatter: expect recall nearer to that on words the
model has not met. A service should measure on its own messages before relying on this.

## Known failures
- Risk that is only hinted at, joked about or in words it has not met is missed.
- Song lyrics, stories, work talk and other people's words can raise an alarm; so can despair
  without a wish to die.
- A denial is believed when it is plain. People do deny.
- Levels above ideation are confused with each other: attempts in the past with attempts now.
- Forum posts are long and written to strangers; short notes to a clinician are another kind of text,
  and base rates differ. Probabilities are calibrated on the mixture above, not on any service.
- Writers of other Englishes, of other ages and groups were not measured apart.

## What it can't tell
It cannot see what is not written, tell intent from words, foresee what somebody will do, or know who
wrote the text. "Not read" is not "safe", and neither is "none".

## Switching it off
A client switches it off for themselves: without their consent to alerts a message is kept and marked
"not read", and people read it. An operator who wants no reading at all asks for no such consent.
"""
(folder / "CARD.md").write_text(card)
