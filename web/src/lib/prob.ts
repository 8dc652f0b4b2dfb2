// A probability in words. Words first, because people read "72 %" as more certain than it is.
export type Likelihood = 'very-unlikely' | 'unlikely' | 'even' | 'likely' | 'very-likely';

export function likelihood(p: number): Likelihood {
  if (p < 0.1) return 'very-unlikely';
  if (p < 0.4) return 'unlikely';
  if (p < 0.6) return 'even';
  return p < 0.9 ? 'likely' : 'very-likely';
}

// A wide interval means that the model does not know, whatever the middle says.
export function certainty(low: number, high: number): 'sure' | 'fair' | 'unsure' {
  const width = high - low;
  if (width <= 0.15) return 'sure';
  return width <= 0.4 ? 'fair' : 'unsure';
}

export function percent(p: number, lang: string): string {
  const value = Math.max(0, Math.min(1, p));
  const digits = value > 0 && value < 0.01 ? 1 : 0;
  return new Intl.NumberFormat(lang === 'en' ? 'en-GB' : lang, {
    style: 'percent',
    maximumFractionDigits: digits,
  }).format(value);
}
