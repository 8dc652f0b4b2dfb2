#!/usr/bin/python3
"""Trains the heads of the text room. Called by train/run; see train/README.md.

    train.py --data DATA --features BINARY --models FOLDER --work FOLDER --out models/text [--seed N]
"""
import argparse
import hashlib
import json
import pathlib
import pickle
import re
import struct
import subprocess

import numpy as np

import learn
from learn import Texts, Vocabulary, fit, folds, macro_f1, sigmoid, softmax, weighted_f1

LEVELS = ["none", "indicator", "ideation", "behavior", "attempt"]
CSSRS = {"supportive": 0, "uninformative": 0, "indicator": 1, "ideation": 2, "behavior": 3,
         "attempt": 4}
SCALE = 3.0     # of the embedding, beside phrase counts of 0..2
MEMBERS = 8     # bootstrap replicates
BENIGN_FLAGGED = 0.03  # of held-out benign written sentences; the crisis threshold follows


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


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


def dense(t):
    return np.hstack([SCALE * t.emb, t.phr, t.extra])


def sentence_dense(t):
    words = np.log1p(t.sentence_weight[:, None] ** 2) / 5
    one = np.full_like(words, np.log1p(1.0) / 3)
    return np.hstack([SCALE * t.sentence_emb, t.sentence_phr, words, one])


def platt(scores, truth, weight=None):
    """sigmoid(a z + b) by maximum likelihood, with Platt's own smoothing of the targets."""
    weight = np.ones(len(scores)) if weight is None else weight
    positive, negative = truth.sum(), len(truth) - truth.sum()
    target = np.where(truth > 0, (positive + 1) / (positive + 2), 1 / (negative + 2))
    head = fit(scores.reshape(-1, 1), None, target.reshape(-1, 1), weight, 1e-6, iterations=200)
    return float(head.dense[0, 0]), float(head.bias[0])


def logit(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def at_least(p):
    """P(level or worse), indicator..attempt."""
    return np.cumsum(p[:, ::-1], axis=1)[:, ::-1][:, 1:]


def bootstrap(metric, n, seed, rounds=1000):
    rng = np.random.default_rng(seed)
    values = np.sort([metric(rng.integers(0, n, n)) for _ in range(rounds)])
    return [round(float(values[int(0.025 * rounds)]), 4), round(float(values[int(0.975 * rounds)]), 4)]


def calibration_error(p, truth, bins=10):
    edges = np.quantile(p, np.linspace(0, 1, bins + 1))
    which = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, bins - 1)
    return float(sum(abs(p[which == b].mean() - truth[which == b].mean()) * (which == b).mean()
                     for b in range(bins) if (which == b).any()))


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


def f1(truth, guess):
    tp = (truth * guess).sum()
    return 2 * tp / max(1.0, truth.sum() + guess.sum())


def plain(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def persons(o, posts):
    """Which person wrote which post, so that no fold holds a person's posts on both sides. Posts
    and people come in two files without a common key: a post is looked for in people's writing."""
    path = o.data / "cssrs_users/train.jsonl"
    people = [(r["user"], plain(" ".join(r["posts"]))) for r in rows(path)] if path.exists() else []
    owners = []
    for i, post in enumerate(posts):
        text = plain(post)
        middle = len(text) // 2
        probes = [p for p in (text[5:45], text[middle:middle + 40], text[-50:-10]) if len(p) >= 20]
        owners.append(next((user for user, writing in people
                            if any(p in writing for p in probes)), f"post {i}"))
    return owners


def risk_sources(work, o, go_train):
    """Texts with a distribution over levels, a weight, a group for the folds, and where from."""
    out = []
    posts = rows(o.data / "cssrs_posts/train.jsonl")
    for r, owner in zip(posts, persons(o, [r["text"] for r in posts])):
        out.append((r["text"], np.eye(5)[CSSRS[r["label"]]], 1.0, owner, "cssrs"))
    for i, r in enumerate(rows(pathlib.Path(__file__).parent / "written/risk.jsonl")):
        out.append((r["text"], np.eye(5)[LEVELS.index(r["level"])], 4.0, f"written {i}", "written"))
    # Which forum a post stood in says little of its level; it says something.
    for i, r in enumerate(rows(o.data / "sdcnl/train.jsonl")[::2]):
        soft = [0.05, 0.15, 0.5, 0.2, 0.1] if r["forum"] == "suicidewatch" else \
            [0.35, 0.45, 0.16, 0.03, 0.01]
        out.append((r["text"], np.array(soft), 0.3, f"sdcnl {i}", "sdcnl"))
    # Everyday and troubled writing without a word of dying, so that sadness alone is no alarm.
    for i, r in enumerate(rows(o.data / "dreaddit/train.jsonl")[::2]):
        soft = [0.72, 0.25, 0.02, 0.01, 0.0] if r["label"] else [0.93, 0.06, 0.01, 0.0, 0.0]
        out.append((r["text"], np.array(soft), 0.6, f"dreaddit {i}", "dreaddit"))
    for i, r in enumerate(go_train[::12]):
        out.append((r["text"], np.array([0.97, 0.02, 0.01, 0, 0]), 0.6, f"go {i}", "goemotions"))
    return out


def clear_of_risk(t):
    """Texts in which no phrase of ideation or worse stands, in any sense."""
    return t.phr[:, 6:24].sum(axis=1) == 0


def fit_risk(x, s, xs, target, weight, sentence_target, sentence_weight, iterations, start):
    starts = [h.flat() for h in start] if start else [None, None]
    penalty = np.concatenate([np.full(512, 1e-3), np.full(x.shape[1] - 512, 1e-4)])
    document = fit(x, s, target, weight, penalty, 2e-3, "classes", starts[0], iterations)
    penalty = np.concatenate([np.full(512, 2e-4), np.full(x.shape[1] - 512, 1e-5)])
    sentence = fit(xs, None, sentence_target, sentence_weight, penalty, None, "classes",
                   starts[1], iterations)
    return document, sentence


def gravest(p, text_of, n):
    """The greatest P(level or worse) over a text's sentences."""
    worst = np.zeros((n, 4))
    np.maximum.at(worst, text_of, at_least(p))
    return worst


def train_risk(work, o, report):
    source = risk_sources(work, o, rows(o.data / "goemotions/train.jsonl"))
    t = work.features("risk", [r[0] for r in source])
    origin = np.array([r[4] for r in source])
    target, weight = np.array([r[1] for r in source]), np.array([r[2] for r in source])
    # A stranger's comment in which somebody is "dead" or "killed" is no example of calm.
    weight[np.isin(origin, ["goemotions", "dreaddit"]) & ~clear_of_risk(t)] *= 0.2
    weight[origin == "written"] *= 2.0
    groups = {g: i for i, g in enumerate(sorted({r[3] for r in source}))}
    fold_of_group = folds(len(groups), 5, o.seed)
    which = fold_of_group[[groups[r[3]] for r in source]]
    cssrs_written = np.isin(origin, ["cssrs", "written"])
    vocabulary = Vocabulary(t.hashes[cssrs_written[t.row]], int(cssrs_written.sum()), 4, most=8000)
    x, s, xs = dense(t), vocabulary.sparse(t), sentence_dense(t)
    # The sentence head learns from texts of few sentences, whose label is their sentences' label,
    # and from calm texts, all of whose sentences are calm.
    count = np.bincount(t.sentence_text, minlength=t.count)
    calm = np.isin(origin, ["goemotions", "dreaddit"])
    use = calm | (origin == "written") & (count <= 1) | (origin == "cssrs") & (count <= 2)
    sentence_weight = np.where(use, weight, 0)[t.sentence_text]
    # One in four of the many calm sentences is enough.
    many = np.where(origin[t.sentence_text] == "dreaddit")[0]
    sentence_weight[many[np.arange(len(many)) % 4 != 0]] = 0
    sentence_weight[origin[t.sentence_text] == "cssrs"] *= 0.1
    sentence_target = target[t.sentence_text]

    def heads_on(document_weight, sentences_weight, iterations=60, start=None):
        return fit_risk(x, s, xs, target, document_weight, sentence_target, sentences_weight,
                        iterations, start)

    whole, worst = np.zeros((t.count, 4)), np.zeros((t.count, 4))
    for k in range(5):
        inside = which != k
        d, h = heads_on(weight * inside, sentence_weight * inside[t.sentence_text], 40)
        b = np.where(~inside)[0]
        whole[b] = at_least(softmax(d.scores(x[b], s.select(b))))
        worst_k = gravest(softmax(h.scores(xs)), t.sentence_text, t.count)
        worst[b] = worst_k[b]
        print(f"risk fold {k + 1} of 5", flush=True)

    combine, judged = [], np.isin(origin, ["cssrs", "written", "goemotions", "dreaddit"])
    cumulative = at_least(target)
    calibrated = np.zeros((t.count, 4))
    for level in range(4):
        z = np.stack([logit(whole[:, level]), logit(worst[:, level])], axis=1)
        h = fit(z[judged], None, cumulative[judged][:, [level]], weight[judged], 1e-3, iterations=200)
        combine.append([float(h.dense[0, 0]), float(max(h.dense[1, 0], 0.0)), float(h.bias[0])])
        calibrated[:, level] = sigmoid(z @ np.array(combine[-1][:2]) + combine[-1][2])
    calibrated = np.minimum.accumulate(calibrated, axis=1)
    written = origin == "written"
    crisis = written & (target[:, 2:].sum(axis=1) > 0.5)
    # The lowest threshold that flags at most so many of the benign sentences, held out.
    benign = np.sort(calibrated[written & (target[:, 0] > 0.5), 1])
    threshold = float(benign[int(len(benign) * (1 - BENIGN_FLAGGED))])
    for cut in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        print(f"threshold {cut}: recall {(calibrated[crisis, 1] >= cut).mean():.3f}, "
              f"false alarms {(benign >= cut).mean():.3f}", flush=True)

    document, sentence = heads_on(weight, sentence_weight)
    documents, sentences = [document], [sentence]
    rng = np.random.default_rng(o.seed + 2)
    for m in range(MEMBERS):
        draw = np.bincount(rng.integers(0, len(groups), len(groups)), minlength=len(groups))
        again = draw[[groups[r[3]] for r in source]].astype(float)
        d, h = heads_on(weight * again, sentence_weight * again[t.sentence_text], 20,
                        (document, sentence))
        documents.append(d)
        sentences.append(h)
        print(f"risk replicate {m + 1} of {MEMBERS}", flush=True)

    posts = origin == "cssrs"
    truth = target[posts].argmax(axis=1)
    levels = np.concatenate([1 - calibrated[:, :1], calibrated[:, :3] - calibrated[:, 1:],
                             calibrated[:, 3:]], axis=1)
    guess = levels[posts].argmax(axis=1)
    report["risk"] = {
        "posts": int(posts.sum()), "written": int(written.sum()),
        "crossValidatedByPerson": {
            "weightedF1": round(weighted_f1(truth, guess, 5), 4),
            "macroF1": round(macro_f1(truth, guess, 5), 4),
            "macroF1Interval": bootstrap(lambda i: macro_f1(truth[i], guess[i], 5), len(truth), 7, 300),
            "ideationOrWorseAuc": round(auc(calibrated[posts, 1], truth >= 2), 4),
            "calibrationErrorIndicator": round(calibration_error(calibrated[posts, 0], truth >= 1), 4),
            "calibrationErrorIdeation": round(calibration_error(calibrated[posts, 1], truth >= 2), 4)},
        "writtenHeldOut": {
            "recall": round(float((calibrated[crisis, 1] >= threshold).mean()), 4),
            "falseAlarms": round(float((calibrated[written & (target[:, 0] > 0.5), 1] >= threshold).mean()), 4)},
        "threshold": threshold, "combine": combine}
    for name in ("exam", "exam_fresh"):
        exam = rows(pathlib.Path(__file__).parent.parent / f"tests/data/risk_{name}.jsonl")
        p = risk_of(work.features(name, [r["text"] for r in exam]), document, sentence, vocabulary,
                    combine)
        report[name] = examine(exam, p[:, 1], threshold)
        for row, value in zip(exam, p[:, 1]):
            if (value >= threshold) != row["crisis"]:
                print("MISSED" if row["crisis"] else "false alarm", row["family"],
                      round(float(value), 3), row["text"][:90])
    return join(documents), join(sentences), vocabulary, combine, threshold


def risk_of(t, document, sentence, vocabulary, combine):
    whole = at_least(softmax(document.scores(dense(t), vocabulary.sparse(t))))
    worst = gravest(softmax(sentence.scores(sentence_dense(t))), t.sentence_text, t.count)
    p = np.stack([sigmoid(a * logit(whole[:, i]) + b * logit(worst[:, i]) + c)
                  for i, (a, b, c) in enumerate(combine)], axis=1)
    return np.minimum.accumulate(p, axis=1)


def auc(scores, truth):
    order = np.argsort(scores, kind="stable")
    rank = np.empty(len(scores))
    rank[order] = np.arange(1, len(scores) + 1)
    n = truth.sum()
    return float((rank[truth].sum() - n * (n + 1) / 2) / (n * (len(truth) - n)))


def examine(exam, p, threshold):
    table = {}
    for row, value in zip(exam, p):
        entry = table.setdefault(("crisis " if row["crisis"] else "benign ") + row["family"], [0, 0])
        entry[0] += int(value >= threshold)
        entry[1] += 1
    table = {k: table[k] for k in sorted(table, reverse=True)}
    crisis = [v for k, v in table.items() if k.startswith("crisis")]
    benign = [v for k, v in table.items() if k.startswith("benign")]
    share = lambda rs: round(sum(r[0] for r in rs) / sum(r[1] for r in rs), 4)
    return {"recall": share(crisis), "falseAlarms": share(benign), "flaggedByFamily": table}


def join(heads):
    return learn.Head(np.concatenate([h.dense for h in heads], axis=1),
                      np.concatenate([h.ngrams for h in heads], axis=1),
                      np.concatenate([h.bias for h in heads]))


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
           "emotionCalibration": emotion_calibration, "riskCombine": combine},
          {"stress": (stress, stress_vocabulary), "emotions": (emotions, emotion_vocabulary),
           "risk": (risk, risk_vocabulary), "riskSentence": (sentence, None)})
    (o.out / "metrics.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
