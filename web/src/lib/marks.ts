// A text cut where its evidence begins and ends. Offsets are UTF-16 code units, as JavaScript counts.
import type { Evidence } from './types';

export interface Piece {
  text: string;
  // 0: carries nothing. 1 to 3: how strongly it carried the claim, beside the strongest one.
  strength: 0 | 1 | 2 | 3;
  about: string[];
}

const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;

// Moves an offset off the middle of a character outside the basic plane (an emoji).
function whole(text: string, offset: number, towards: 'start' | 'end'): number {
  const inside = isLow(text.charCodeAt(offset)) && isHigh(text.charCodeAt(offset - 1));
  if (!inside) return offset;
  return towards === 'start' ? offset - 1 : offset + 1;
}

const clamp = (value: number, top: number) => Math.max(0, Math.min(top, Math.trunc(value) || 0));

export function strengthOf(weight: number, strongest: number): 1 | 2 | 3 {
  const share = strongest > 0 ? Math.abs(weight) / strongest : 0;
  if (share > 2 / 3) return 3;
  return share > 1 / 3 ? 2 : 1;
}

// Evidence that lowers the claim (weight <= 0) is listed beside the text, not marked in it.
export function pieces(text: string, evidence: readonly Evidence[]): Piece[] {
  const spans = evidence
    .map((e) => ({
      ...e,
      start: whole(text, clamp(e.start, text.length), 'start'),
      end: whole(text, clamp(e.end, text.length), 'end'),
    }))
    .filter((e) => e.end > e.start && e.weight > 0);
  const strongest = Math.max(0, ...spans.map((e) => e.weight));
  const cuts = [...new Set([0, text.length, ...spans.flatMap((e) => [e.start, e.end])])].sort(
    (a, b) => a - b,
  );
  const out: Piece[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, to] = [cuts[i]!, cuts[i + 1]!];
    const over = spans.filter((e) => e.start <= from && e.end >= to);
    const strength = over.length
      ? strengthOf(Math.max(...over.map((e) => e.weight)), strongest)
      : 0;
    const about = [...new Set(over.map((e) => e.about))];
    const last = out[out.length - 1];
    if (last && last.strength === strength && last.about.join('\n') === about.join('\n')) {
      last.text += text.slice(from, to);
    } else {
      out.push({ text: text.slice(from, to), strength, about });
    }
  }
  return out;
}
