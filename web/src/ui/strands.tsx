// The mark: two strands that come into tune. Apart, near and together also say how far a message
// has come; words always stand beside it.
type State = 'apart' | 'near' | 'together';

// Two waves in opposite phase whose distance shrinks from `open` (left) to `shut` (right), 0 to 1.
export function strand(width: number, height: number, turns: number, open: number, shut: number, sign: 1 | -1): string {
  const steps = Math.max(24, Math.round(turns * (width > 100 ? 64 : 24)));
  const middle = height / 2;
  const reach = middle - 1.5;
  let path = '';
  for (let i = 0; i <= steps; i++) {
    const at = i / steps;
    const distance = open + (shut - open) * at * at * (3 - 2 * at);
    const wave = Math.cos(at * turns * 2 * Math.PI);
    const y = middle + sign * distance * reach * wave;
    path += `${i ? 'L' : 'M'}${(at * width).toFixed(1)} ${y.toFixed(1)}`;
  }
  return path;
}

const ENDS: Record<State, [number, number]> = { apart: [1, 1], near: [1, 0.25], together: [0.7, 0] };

export function Glyph({ state }: { state: State }) {
  const [open, shut] = ENDS[state];
  return (
    <svg class={`glyph glyph-${state}`} viewBox="0 0 34 13" width="34" height="13" aria-hidden="true">
      <path d={strand(34, 13, 1.5, open, shut, 1)} />
      <path d={strand(34, 13, 1.5, open, shut, -1)} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 40 24" width="40" height="24" aria-hidden="true">
      <path class="mark-a" d={strand(40, 24, 1.25, 0.95, 0, 1)} />
      <path class="mark-b" d={strand(40, 24, 1.25, 0.95, 0, -1)} />
    </svg>
  );
}

export function Drift() {
  return (
    <svg class="drift" viewBox="0 0 720 160" preserveAspectRatio="none" aria-hidden="true">
      {[1, 0.72, 0.46].map((open) => (
        <g key={open}>
          <path class="mark-a" d={strand(720, 160, 2.25, open, 0.02, 1)} />
          <path class="mark-b" d={strand(720, 160, 2.25, open, 0.02, -1)} />
        </g>
      ))}
    </svg>
  );
}
