#!/usr/bin/python3
"""Trains the heads of the text room. Called by train/run; see train/README.md.

    train.py --data DATA --features BINARY --models FOLDER --work FOLDER --out models/text [--seed N]
"""
import argparse
import hashlib
import json
import pathlib
import pickle
import struct
import subprocess

import numpy as np

from learn import (MEMBERS, SCALE, Texts, Vocabulary, bootstrap, calibration_error, dense, f1, fit, folds,
                   join, platt, rows, sigmoid, weighted_f1)
from risk import FLOOR, train_risk


class Work:
    """Features of texts, made once by the program that reads texts at run time."""

    def __init__(self, options):
        self.o = options
        options.work.mkdir(parents=True, exist_ok=True)

    def features(self, name, texts):
        stamp = hashlib.sha256()
        stamp.update("\0".join(texts).encode())
        stamp.update((self.o.models / "risk-phrases.json").read_bytes())
        stamp.update((self.o.models / "encoder.onnx").read_bytes())
        stamp.update(self.o.features.read_bytes())
        path = self.o.work / f"{name}.bin"
        mark = self.o.work / f"{name}.sha256"
        if not path.exists() or not mark.exists() or mark.read_text() != stamp.hexdigest():
            print(f"reading {len(texts)} texts of {name}", flush=True)
            source = self.o.work / f"{name}.jsonl"
            with open(source, "w", encoding="utf-8") as out:
                for text in texts:
                    out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
            subprocess.run([self.o.features, self.o.models, source, path], check=True)
            source.unlink()
            mark.write_text(stamp.hexdigest())
        return Texts(path)


def train_stress(work, o, report):
    train, test = rows(o.data / "dreaddit/train.jsonl"), rows(o.data / "dreaddit/test.jsonl")
    known = {r["text"] for r in test}
    train = [r for r in train if r["text"] not in known]
    t = work.features("dreaddit_train", [r["text"] for r in train])
    e = work.features("dreaddit_test", [r["text"] for r in test])
    y, yt = np.array([r["label"] for r in train]), np.array([r["label"] for r in test])
    vocabulary = Vocabulary(t.hashes, t.count, 4)
    x, s, xt, st = dense(t), vocabulary.sparse(t), dense(e), vocabulary.sparse(e)
    target, one = y[:, None].astype(float), np.ones(len(y))
    which, held = folds(len(y), 5, o.seed), np.zeros(len(y))
    for k in range(5):
        a, b = np.where(which != k)[0], np.where(which == k)[0]
        h = fit(x[a], s.select(a), target[a], one[a], 1e-3, 1e-3, iterations=80)
        held[b] = h.scores(x[b], s.select(b))[:, 0]
    calibration = platt(held, y)
    heads = [fit(x, s, target, one, 1e-3, 1e-3, iterations=80)]
    rng = np.random.default_rng(o.seed + 1)
    for _ in range(MEMBERS):
        weight = np.bincount(rng.integers(0, len(y), len(y)), minlength=len(y)).astype(float)
        heads.append(fit(x, s, target, weight, 1e-3, 1e-3, iterations=60))
    z = calibration[0] * heads[0].scores(xt, st)[:, 0] + calibration[1]
    p = sigmoid(z)
    guess = (p >= 0.5).astype(int)
    report["stress"] = {
        "train": len(y), "test": len(yt),
        "crossValidatedWeightedF1": round(weighted_f1(y, (calibration[0] * held + calibration[1] > 0) * 1, 2), 4),
        "testWeightedF1": round(weighted_f1(yt, guess, 2), 4),
        "testWeightedF1Interval": bootstrap(lambda i: weighted_f1(yt[i], guess[i], 2), len(yt), 5),
        "testCalibrationError": round(calibration_error(p, yt), 4),
        "testBrier": round(float(((p - yt) ** 2).mean()), 4)}
    return join(heads), vocabulary, calibration


def train_emotions(work, o, report):
    train, dev, test = (rows(o.data / f"goemotions/{n}.jsonl") for n in ("train", "dev", "test"))
    names = sorted({label for r in train for label in r["labels"]} - {"neutral"}) + ["neutral"]

    def labels(rs):
        y = np.zeros((len(rs), len(names)))
        for i, r in enumerate(rs):
            for label in r["labels"]:
                y[i, names.index(label)] = 1
        return y

    t, d, e = (work.features(f"goemotions_{n}", [r["text"] for r in rs])
               for n, rs in (("train", train), ("dev", dev), ("test", test)))
    vocabulary = Vocabulary(t.hashes, t.count, 8, most=12000)
    y, yd, yt = labels(train), labels(dev), labels(test)
    h = fit(dense(t), vocabulary.sparse(t), y, np.ones(len(y)), 3e-5, 3e-5, iterations=60)
    zd, zt = h.scores(dense(d), vocabulary.sparse(d)), h.scores(dense(e), vocabulary.sparse(e))
    calibration = [platt(zd[:, k], yd[:, k]) for k in range(len(names))]
    pd = np.stack([sigmoid(a * zd[:, k] + b) for k, (a, b) in enumerate(calibration)], axis=1)
    pt = np.stack([sigmoid(a * zt[:, k] + b) for k, (a, b) in enumerate(calibration)], axis=1)
    cuts = []
    for k in range(len(names)):
        options = np.linspace(0.05, 0.6, 23)
        cuts.append(options[int(np.argmax([f1(yd[:, k], pd[:, k] >= c) for c in options]))])
    guess = pt >= np.array(cuts)
    score = lambda i: float(np.mean([f1(yt[i, k], guess[i, k]) for k in range(len(names))]))
    everything = np.arange(len(yt))
    report["emotions"] = {
        "train": len(y), "test": len(yt), "testMacroF1": round(score(everything), 4),
        "testMacroF1Interval": bootstrap(score, len(yt), 6, 200),
        "testCalibrationError": round(float(np.mean(
            [calibration_error(pt[:, k], yt[:, k]) for k in range(len(names))])), 4),
        "thresholds": {n: round(float(c), 3) for n, c in zip(names, cuts)}}
    return h, vocabulary, names, calibration


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def write(path, header, heads):
    payload, index = bytearray(), {}

    def put(name, array):
        payload.extend(b"\0" * (-len(payload) % 8))
        index[name] = [len(payload), int(array.size)]
        payload.extend(np.ascontiguousarray(array).tobytes())

    for name, (head, vocabulary) in heads.items():
        put(name + ".dense", head.dense.astype("<f4"))
        put(name + ".ngrams", head.ngrams.astype("<f4"))
        put(name + ".bias", head.bias.astype("<f4"))
        put(name + ".keys", vocabulary.keys.astype("<u8") if vocabulary else np.zeros(0, "<u8"))
        put(name + ".idf", vocabulary.idf.astype("<f4") if vocabulary else np.zeros(0, "<f4"))
    header = dict(header, digest=f"{fnv(payload):016x}", arrays=index)
    text = json.dumps(header, separators=(",", ":")).encode()
    path.write_bytes(b"ATTUNEH1" + struct.pack("<I", len(text)) + text + bytes(payload))


def kept(o, name, report, train):
    """What `train` returns; with --keep NAME what it returned last time."""
    path = o.work / f"{name}.pickle"
    if name in o.keep and path.exists():
        result, report[name] = pickle.loads(path.read_bytes())
    else:
        result = train()
        path.write_bytes(pickle.dumps((result, report[name])))
    print(json.dumps({name: report[name]}), flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "features", "models", "work", "out"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--keep", nargs="*", default=[], help="heads to keep from the last run")
    parser.add_argument("--seed", type=int, default=20261121)
    o = parser.parse_args()
    work, report = Work(o), {}
    emotions, emotion_vocabulary, names, emotion_calibration = kept(
        o, "emotions", report, lambda: train_emotions(work, o, report))
    stress, stress_vocabulary, stress_calibration = kept(
        o, "stress", report, lambda: train_stress(work, o, report))
    risk, sentence, risk_vocabulary, combine, threshold = train_risk(work, o, report)
    write(o.out / "heads.bin",
          {"version": 1, "members": MEMBERS, "embeddingScale": SCALE, "crisisThreshold": threshold,
           "stressCalibration": stress_calibration, "emotionNames": names,
           "emotionCalibration": emotion_calibration, "riskCombine": combine,
           "riskFloor": FLOOR},
          {"stress": (stress, stress_vocabulary), "emotions": (emotions, emotion_vocabulary),
           "risk": (risk, risk_vocabulary), "riskSentence": (sentence, None)})
    (o.out / "metrics.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
