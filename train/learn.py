"""Reading of train/features.cpp's files, and logistic regression in plain numpy."""
import json

import numpy as np

WIDTH = 512
SCALE = 3.0     # of the embedding, beside phrase counts of 0..2
MEMBERS = 8     # bootstrap replicates
PHRASES = 4 * 6 + 3
FLAGS = 3  # the last of the phrase features are signs, not counts


class Texts:
    """Features of a file's texts: embedding, phrases, extra, and n-grams as (text, hash, count)."""

    def __init__(self, path):
        data = open(path, "rb").read()
        at = 0
        emb, phr, extra, text_of, hashes, firsts = [], [], [], [], [], [0]
        self.sentence_emb, self.sentence_phr, self.sentence_text, self.sentence_weight = [], [], [], []
        index = 0
        while at < len(data):
            count = int(np.frombuffer(data, "<u4", 1, at)[0])
            at += 4
            mean, total, phrases = np.zeros(WIDTH, np.float64), 0.0, np.zeros(PHRASES, np.float32)
            grams, words = [], 0.0
            for _ in range(count):
                row = np.frombuffer(data, "<f4", 1 + PHRASES + WIDTH, at)
                at += 4 * (1 + PHRASES + WIDTH)
                n = int(np.frombuffer(data, "<u4", 1, at)[0])
                at += 4
                grams.append(np.frombuffer(data, "<u8", n, at))
                at += 8 * n
                mean += row[0] * row[1 + PHRASES:]
                total += float(row[0])
                words += float(row[0]) ** 2
                phrases += row[1:1 + PHRASES]
                self.sentence_emb.append(row[1 + PHRASES:])
                self.sentence_phr.append(row[1:1 + PHRASES])
                self.sentence_text.append(index)
                self.sentence_weight.append(row[0])
            cap = np.full(PHRASES, 2.0, np.float32)
            cap[-FLAGS:] = 1
            emb.append((mean / max(total, 1e-9)).astype(np.float32))
            phr.append(np.minimum(phrases, cap))
            # As in claims.cpp: length counts up to what training texts have.
            extra.append([np.log1p(min(words, 300)) / 5, np.log1p(min(count, 25)) / 3])
            if grams:
                keys, counts = np.unique(np.concatenate(grams), return_counts=True)
                hashes.append(keys)
                text_of.append(counts)
                firsts.append(firsts[-1] + len(keys))
            else:
                firsts.append(firsts[-1])
            index += 1
        self.count = index
        self.emb = np.array(emb, np.float32)
        self.phr = np.array(phr, np.float32)
        self.extra = np.array(extra, np.float32)
        self.hashes = np.concatenate(hashes) if hashes else np.zeros(0, np.uint64)
        self.counts = np.concatenate(text_of) if hashes else np.zeros(0, np.int64)
        self.first = np.array(firsts)
        self.row = np.repeat(np.arange(index), np.diff(self.first))
        self.sentence_emb = np.array(self.sentence_emb, np.float32)
        self.sentence_phr = np.array(self.sentence_phr, np.float32)
        self.sentence_text = np.array(self.sentence_text)
        self.sentence_weight = np.array(self.sentence_weight, np.float32)


class Vocabulary:
    """N-grams found in at least `least` texts, with their inverse document frequency."""

    def __init__(self, hashes, documents, least, most=None):
        keys, frequency = np.unique(hashes, return_counts=True)
        keep = frequency >= least
        keys, frequency = keys[keep], frequency[keep]
        if most and len(keys) > most:
            order = np.sort(np.argsort(-frequency, kind="stable")[:most])
            keys, frequency = keys[order], frequency[order]
        self.keys = keys
        self.idf = (np.log((1 + documents) / (1 + frequency)) + 1).astype(np.float32)

    def sparse(self, texts):
        """CSR arrays of tf-idf rows of length one."""
        place = np.searchsorted(self.keys, texts.hashes)
        place[place == len(self.keys)] = 0
        known = self.keys[place] == texts.hashes if len(self.keys) else np.zeros(0, bool)
        column, row = place[known], texts.row[known]
        value = (1 + np.log(texts.counts[known])) * self.idf[column]
        norm = np.sqrt(np.bincount(row, value ** 2, minlength=texts.count))
        value = value / np.maximum(norm[row], 1e-12)
        return Sparse(row, column, value.astype(np.float32), texts.count, len(self.keys))


class Sparse:
    def __init__(self, row, column, value, rows, columns):
        self.row, self.column, self.value = row, column, value
        self.shape = (rows, columns)
        self._by_column = np.argsort(column, kind="stable")

    def select(self, which):
        """Rows in `which` (no repeats), in its order."""
        place = np.full(self.shape[0], -1)
        place[which] = np.arange(len(which))
        keep = place[self.row] >= 0
        row, column, value = place[self.row[keep]], self.column[keep], self.value[keep]
        order = np.argsort(row, kind="stable")
        return Sparse(row[order], column[order], value[order], len(which), self.shape[1])

    def dot(self, w):
        """self @ w; w is [columns, k]."""
        out = np.empty((self.shape[0], w.shape[1]))
        for k in range(w.shape[1]):
            out[:, k] = np.bincount(self.row, self.value * w[self.column, k],
                                    minlength=self.shape[0])
        return out

    def back(self, g):
        """self.T @ g; g is [rows, k]."""
        out = np.empty((self.shape[1], g.shape[1]))
        for k in range(g.shape[1]):
            out[:, k] = np.bincount(self.column, self.value * g[self.row, k],
                                    minlength=self.shape[1])
        return out


def lbfgs(function, start, iterations=150, memory=10, tolerance=1e-5):
    """Minimises function(x) -> (value, gradient): L-BFGS with backtracking (Nocedal & Wright 7.2)."""
    x = start.copy()
    value, gradient = function(x)
    steps = []
    for _ in range(iterations):
        if np.abs(gradient).max() < tolerance:
            break
        q = gradient.copy()
        alphas = []
        for s, y, rho in reversed(steps):
            a = rho * (s @ q)
            alphas.append(a)
            q -= a * y
        if steps:
            s, y, _ = steps[-1]
            q *= (s @ y) / (y @ y)
        else:
            q /= max(1.0, np.linalg.norm(q))
        for (s, y, rho), a in zip(steps, reversed(alphas)):
            q += s * (a - rho * (y @ q))
        slope = -(gradient @ q)
        if slope >= 0:
            q, slope, steps = gradient.copy(), -(gradient @ gradient), []
        step = 1.0
        while True:
            new = x - step * q
            new_value, new_gradient = function(new)
            if new_value <= value + 1e-4 * step * slope or step < 1e-8:
                break
            step *= 0.5
        s, y = new - x, new_gradient - gradient
        if s @ y > 1e-12:
            steps = (steps + [(s, y, 1 / (s @ y))])[-memory:]
        if abs(value - new_value) < 1e-9 * max(1, abs(value)):
            x, value, gradient = new, new_value, new_gradient
            break
        x, value, gradient = new, new_value, new_gradient
    return x


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def softmax(z):
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


class Head:
    """Linear scores of [dense, n-grams]; dense weights [d, k], n-gram weights [v, k], bias [k]."""

    def __init__(self, dense, ngrams, bias):
        self.dense, self.ngrams, self.bias = dense, ngrams, bias

    def flat(self):
        """As `fit` starts from."""
        return np.concatenate([self.dense.ravel(), self.ngrams.ravel(), self.bias])

    def scores(self, dense, sparse=None):
        z = dense @ self.dense + self.bias
        return z + sparse.dot(self.ngrams) if sparse is not None else z


def fit(dense, sparse, target, weight, penalty, penalty_ngrams=None, kind="binary", start=None,
        iterations=150):
    """L2-penalised logistic regression. target [n, k]: 0/1 ("binary": k tasks apart) or
    probabilities of k classes ("classes"). penalty: a number or one a dense column."""
    used = np.where(weight > 0)[0]
    if len(used) < len(weight):
        dense, target, weight = dense[used], target[used], weight[used]
        sparse = sparse.select(used) if sparse is not None else None
    k = target.shape[1]
    d = dense.shape[1]
    v = sparse.shape[1] if sparse is not None else 0
    total = weight.sum()
    dense = np.ascontiguousarray(dense, np.float32)
    penalty = np.broadcast_to(np.asarray(penalty, float).reshape(-1, 1), (d, 1))
    penalty_ngrams = penalty_ngrams or 0.0

    def function(x):
        w = x[:d * k].reshape(d, k)
        u = x[d * k:(d + v) * k].reshape(v, k)
        b = x[(d + v) * k:]
        z = (dense @ w.astype(np.float32)).astype(np.float64) + b
        if v:
            z = z + sparse.dot(u)
        if kind == "binary":
            loss = np.logaddexp(0, z) - target * z
            p = sigmoid(z)
            value = (weight[:, None] * loss).sum()
        else:
            top = z.max(axis=1, keepdims=True)
            log_norm = top + np.log(np.exp(z - top).sum(axis=1, keepdims=True))
            p = np.exp(z - log_norm)
            value = (weight[:, None] * target * (log_norm - z)).sum()
        g = weight[:, None] * (p - target)
        gw = (dense.T @ g.astype(np.float32)).astype(np.float64) / total + penalty * w
        gb = g.sum(axis=0) / total
        value = value / total + 0.5 * (penalty * w * w).sum()
        parts = [gw.ravel()]
        if v:
            value += 0.5 * penalty_ngrams * (u * u).sum()
            parts.append((sparse.back(g) / total + penalty_ngrams * u).ravel())
        parts.append(gb)
        return value, np.concatenate(parts)

    x = lbfgs(function, np.zeros((d + v) * k + k) if start is None else start, iterations)
    return Head(x[:d * k].reshape(d, k), x[d * k:(d + v) * k].reshape(v, k), x[(d + v) * k:])


def weighted_f1(truth, guess, classes):
    total = 0.0
    for c in range(classes):
        tp = ((truth == c) & (guess == c)).sum()
        f = 2 * tp / max(1, (truth == c).sum() + (guess == c).sum())
        total += f * (truth == c).mean()
    return total


def macro_f1(truth, guess, classes):
    scores = []
    for c in range(classes):
        tp = ((truth == c) & (guess == c)).sum()
        scores.append(2 * tp / max(1, (truth == c).sum() + (guess == c).sum()))
    return float(np.mean(scores))


def folds(n, k, seed):
    return np.random.default_rng(seed).permutation(n) % k


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


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


def f1(truth, guess):
    tp = (truth * guess).sum()
    return 2 * tp / max(1.0, truth.sum() + guess.sum())


def join(heads):
    return Head(np.concatenate([h.dense for h in heads], axis=1),
                      np.concatenate([h.ngrams for h in heads], axis=1),
                      np.concatenate([h.bias for h in heads]))


def auc(scores, truth):
    order = np.argsort(scores, kind="stable")
    rank = np.empty(len(scores))
    rank[order] = np.arange(1, len(scores) + 1)
    n = truth.sum()
    return float((rank[truth].sum() - n * (n + 1) / 2) / (n * (len(truth) - n)))
