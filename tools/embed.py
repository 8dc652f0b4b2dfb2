#!/usr/bin/env python3
"""Writes a C++ file that holds every file below a folder as bytes of the program.

usage: embed.py --name NAME --root DIR [--variants DIR] [--suffix .json] --out FILE.cpp

The bytes come in with .incbin, so that megabytes cost no compile time. Beside DIR/x, --variants
may hold x.br and x.gz (tools/compress.mjs makes them). The file is written only if it changed.
"""
import argparse
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
}


def quoted(text):
    if any(ord(c) < 32 or c in '"\\' for c in text):
        sys.exit(f"embed.py: {text!r} can't be the name of an embedded file")
    return f'"{text}"'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--variants", type=pathlib.Path)
    parser.add_argument("--suffix")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    args = parser.parse_args()

    if not args.root.is_dir():
        sys.exit(f"embed.py: {args.root} is not a folder")
    files = sorted(
        (p for p in args.root.rglob("*")
         if p.is_file() and (not args.suffix or p.suffix == args.suffix)),
        key=lambda p: p.relative_to(args.root).as_posix().encode())
    blobs, rows = [], []

    def blob(path):
        symbol = f"attune_{args.name}_{len(blobs)}"
        data = path.read_bytes()
        if not data:
            return "{}", data
        # The digest in a comment makes this file change whenever the bytes do.
        blobs.append(
            f"// {hashlib.sha256(data).hexdigest()}\n"
            f'ATTUNE_BLOB({symbol}, {quoted(path.resolve().as_posix())})')
        return f"{{{symbol}, {len(data)}}}", data

    for path in files:
        name = path.relative_to(args.root).as_posix()
        content_type = TYPES.get(path.suffix)
        if content_type is None:
            sys.exit(f"embed.py: {name}: no content type is known for {path.suffix!r}; add it")
        identity, data = blob(path)
        forms = [identity]
        for ending in (".br", ".gz"):
            variant = args.variants / (name + ending) if args.variants else None
            forms.append(blob(variant)[0] if variant and variant.is_file() else "{}")
        etag = hashlib.sha256(data).hexdigest()[:32]
        rows.append(f'    Asset{{{quoted("/" + name)}, {quoted(content_type)}, '
                    f'"\\"{etag}\\"", {", ".join(forms)}}},')

    text = "\n".join([
        "// Written by tools/embed.py.",
        '#include <array>',
        '#include "app/assets.h"',
        "",
        "#define ATTUNE_BLOB(name, file) \\",
        '  extern "C" const unsigned char name[]; \\',
        '  __asm__(".section .rodata,\\"a\\",@progbits\\n.balign 16\\n.globl " #name "\\n" #name \\',
        '          ":\\n.incbin \\"" file "\\"\\n.byte 0\\n.previous\\n");',
        "",
        *blobs,
        "",
        "namespace attune::app::embedded {",
        f"std::span<const Asset> {args.name}();",
        f"std::span<const Asset> {args.name}() {{",
        f"  static const std::array<Asset, {len(rows)}> table{{{{" if rows else "  return {};",
        *rows,
        *(["  }};", "  return table;"] if rows else []),
        "}",
        "}  // namespace attune::app::embedded",
        "",
    ])
    if not args.out.exists() or args.out.read_text() != text:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(text)


main()
