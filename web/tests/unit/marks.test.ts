// If these fail, a clinician sees other words marked than those that carried the finding.
import { describe, expect, it } from 'vitest';
import { pieces, strengthOf } from '../../src/lib/marks';

const mark = (text: string, words: string, weight = 0.5, about = 'risk') => {
  const start = text.indexOf(words);
  return { start, end: start + words.length, weight, about };
};
const shown = (text: string, ...evidence: { start: number; end: number; weight: number; about: string }[]) =>
  pieces(text, evidence).map((p) => [p.text, p.strength]);

describe('pieces', () => {
  // The message must stand as it was written, whatever the evidence says.
  it('always gives back the whole text', () => {
    const text = 'Ich 😀 can’t 👩‍👩‍👧 go on عربي';
    for (let start = -2; start < text.length + 3; start++) {
      for (let end = -2; end < text.length + 3; end++) {
        const cut = pieces(text, [{ start, end, weight: 1, about: 'risk' }]);
        expect(cut.map((p) => p.text).join('')).toBe(text);
        for (const p of cut) expect(p.text.isWellFormed()).toBe(true);
      }
    }
  });

  // Emoji are two units long: marks after one must not slip.
  it('counts as UTF-16 does', () => {
    const text = '😀😀 no hope 🌊 here';
    expect(shown(text, mark(text, 'no hope'), mark(text, '🌊', 0.1))).toEqual([
      ['😀😀 ', 0],
      ['no hope', 3],
      [' ', 0],
      ['🌊', 1],
      [' here', 0],
    ]);
  });

  it('never cuts an emoji in two', () => {
    expect(shown('a😀b', { start: 2, end: 4, weight: 1, about: 'risk' })).toEqual([
      ['a', 0],
      ['😀b', 3],
    ]);
  });

  // Where spans overlap the stronger one is shown.
  it('shows the stronger of two that overlap', () => {
    const text = 'tired of it all';
    expect(shown(text, mark(text, 'tired of it', 0.1), mark(text, 'of it all', 0.9))).toEqual([
      ['tired ', 1],
      ['of it all', 3],
    ]);
  });

  // Words that speak against a claim must not look as if they spoke for it.
  it('does not mark words that speak against the claim', () => {
    const text = 'but I am fine';
    expect(shown(text, mark(text, 'fine', -0.4))).toEqual([[text, 0]]);
  });

  it('copes with nothing at all', () => {
    expect(pieces('', [])).toEqual([]);
    expect(shown('x', { start: Number.NaN, end: 1, weight: 0, about: '' })).toEqual([['x', 0]]);
  });
});

describe('strengthOf', () => {
  it('is measured against the strongest', () => {
    expect([0.9, 0.5, 0.1].map((w) => strengthOf(w, 0.9))).toEqual([3, 2, 1]);
    expect(strengthOf(-0.9, 0.9)).toBe(3);
    expect(strengthOf(0, 0)).toBe(1);
  });
});
