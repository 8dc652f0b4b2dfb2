"""The risk heads: their sources, the heads over a text and over its gravest sentence, the threshold."""
import pathlib
import re

import numpy as np

import learn
from learn import (MEMBERS, Vocabulary, at_least, auc, bootstrap, calibration_error, dense, fit, folds,
                   join, logit, macro_f1, rows, sentence_dense, sigmoid, softmax, weighted_f1)

LEVELS = ["none", "indicator", "ideation", "behavior", "attempt"]
CSSRS = {"supportive": 0, "uninformative": 0, "indicator": 1, "ideation": 2, "behavior": 3,
         "attempt": 4}
# However calm a text is as a whole, its gravest sentence must be able to outweigh that.
FLOOR = 0.02
BENIGN_FLAGGED = 0.12  # of held-out benign written sentences; the crisis threshold follows


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


# Families of written sentences that are benign only because of the words around a phrase.
ON_PHRASES = {"idiom", "negation", "third-person", "reported", "recovery", "denied"}


def composites(written, seed):
    """Letters of calm written sentences, half of them with one sentence of another kind among them:
    one that matters must count however calm the rest is."""
    rng = np.random.default_rng(seed)
    calm = [r["text"] for r in written if r["family"] in ("everyday", "pair")]
    out = []
    for i, r in enumerate(written):
        if r["family"] in ("everyday", "pair") and i % 2 or r["level"] == "none" and i % 4 == 0:
            continue
        around = [calm[j] for j in rng.choice(len(calm), int(rng.integers(3, 10)), replace=False)]
        around.insert(int(rng.integers(0, len(around) + 1)), r["text"])
        text = " ".join(t if t[-1] in ".!?" else t + "." for t in around)
        out.append((text, np.eye(5)[LEVELS.index(r["level"])], 2.0, f"written {i}", "letter", ""))
    return out


def risk_sources(work, o, go_train):
    """Texts with a distribution over levels, a weight, a group for the folds, and where from."""
    out = []
    posts = rows(o.data / "cssrs_posts/train.jsonl")
    for r, owner in zip(posts, persons(o, [r["text"] for r in posts])):
        out.append((r["text"], np.eye(5)[CSSRS[r["label"]]], 1.0, owner, "cssrs"))
    written = rows(pathlib.Path(__file__).parent / "written/risk.jsonl")
    for i, r in enumerate(written):
        # What only hints at risk is taught too, but does not set how much is told from little.
        out.append((r["text"], np.eye(5)[LEVELS.index(r["level"])], 1.5 if r.get("hint") else 4.0,
                    f"written {i}", "written", r["family"]))
    out += composites(written, o.seed)
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
    # The phrases were written with the written sentences in view, so they fit those better than they
    # will fit a client's. Written sentences whose meaning does not hang on a phrase therefore count
    # twice, the second time as if none of their phrases were known.
    unknown = len(source)
    source += [r[:4] + ("unknown",) for r in source
               if r[4] == "written" and r[5] not in ON_PHRASES]
    t = work.features("risk", [r[0] for r in source])
    t.phr[unknown:, :learn.PHRASES - learn.FLAGS] = 0
    t.sentence_phr[t.sentence_text >= unknown, :learn.PHRASES - learn.FLAGS] = 0
    origin = np.array([r[4] for r in source])
    target, weight = np.array([r[1] for r in source]), np.array([r[2] for r in source])
    # A stranger's comment in which somebody is "dead" or "killed" is no example of calm.
    weight[np.isin(origin, ["goemotions", "dreaddit"]) & ~clear_of_risk(t)] *= 0.2
    weight[origin == "written"] *= 2.0
    weight[origin == "unknown"] *= 0.75
    groups = {g: i for i, g in enumerate(sorted({r[3] for r in source}))}
    fold_of_group = folds(len(groups), 5, o.seed)
    which = fold_of_group[[groups[r[3]] for r in source]]
    cssrs_written = np.isin(origin, ["cssrs", "written", "letter"])
    vocabulary = Vocabulary(t.hashes[cssrs_written[t.row]], int(cssrs_written.sum()), 4, most=8000)
    x, s, xs = dense(t), vocabulary.sparse(t), sentence_dense(t)
    # The sentence head learns from texts of few sentences, whose label is their sentences' label,
    # and from calm texts, all of whose sentences are calm.
    count = np.bincount(t.sentence_text, minlength=t.count)
    calm = np.isin(origin, ["goemotions", "dreaddit"])
    use = calm | np.isin(origin, ["written", "unknown"]) & (count <= 1) | (origin == "cssrs") & (count <= 2)
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

    combine, judged = [], np.isin(
        origin, ["cssrs", "written", "unknown", "letter", "goemotions", "dreaddit"])
    cumulative = at_least(target)
    calibrated = np.zeros((t.count, 4))
    for level in range(4):
        z = np.stack([logit(np.maximum(whole[:, level], FLOOR)), logit(worst[:, level])], axis=1)
        h = fit(z[judged], None, cumulative[judged][:, [level]], weight[judged], 1e-3, iterations=200)
        combine.append([float(h.dense[0, 0]), float(max(h.dense[1, 0], 0.0)), float(h.bias[0])])
        calibrated[:, level] = sigmoid(z @ np.array(combine[-1][:2]) + combine[-1][2])
    calibrated = np.minimum.accumulate(calibrated, axis=1)
    for name in ("letter", "unknown"):
        of = origin == name
        for cut in (0.1, 0.2, 0.3):
            flagged = calibrated[:, 1] >= cut
            print(f"{name} {cut}: {flagged[of & (target[:, 2:].sum(axis=1) > 0.5)].mean():.3f} "
                  f"{flagged[of & (target[:, 0] > 0.5)].mean():.3f}", flush=True)
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
    p = np.stack([sigmoid(a * logit(np.maximum(whole[:, i], FLOOR)) + b * logit(worst[:, i]) + c)
                  for i, (a, b, c) in enumerate(combine)], axis=1)
    return np.minimum.accumulate(p, axis=1)


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
