// What several staff pages show alike.
import { lang, t, word } from '../i18n';
import { certainty, likelihood, percent } from '../lib/prob';
import { relative } from '../lib/time';
import type { FindingSummary } from '../lib/types';
import { Tag } from '../ui/parts';
import { useNow } from '../ui/use';

export function Priority({ value }: { value: number }) {
  const tone = value === 1 ? 'alert' : value === 2 ? 'warm' : 'calm';
  return <Tag tone={tone}>{word('priority', String(value))}</Tag>;
}

export function Crisis() {
  return (
    <Tag tone="alert">
      <span aria-hidden="true">▲ </span>
      {t('kind.possible-crisis')}
    </Tag>
  );
}

export function Due({ finding }: { finding: FindingSummary }) {
  const now = useNow();
  if (finding.state === 'decided') return <Tag>{t('finding.decided')}</Tag>;
  const late = finding.overdue || Date.parse(finding.dueAt) < now.getTime();
  const when = relative(finding.dueAt, now, lang.value);
  return late ? (
    <Tag tone="alert">{t('finding.overdue', { when })}</Tag>
  ) : (
    <span class="due">{t('finding.due', { when })}</span>
  );
}

export function oneIn(p: number): string {
  return t('prob.outOfTen', { n: Math.round(Math.max(0.051, Math.min(1, p)) * 10) });
}

export interface Interval {
  probability: number;
  low: number;
  high: number;
}

export function intervalText({ probability, low, high }: Interval): string {
  return t('prob.numbers', {
    p: percent(probability, lang.value),
    low: percent(low, lang.value),
    high: percent(high, lang.value),
  });
}

// Words, numbers, and a bar: the band is the interval, the line the estimate, the notch the base rate.
export function Probability({ value, baseRate }: { value: Interval; baseRate?: number }) {
  return (
    <div class="probability">
      <p class="probability-words">{t(`prob.${likelihood(value.probability)}`)}</p>
      <Bar value={value} baseRate={baseRate} />
      <p class="probability-numbers">{intervalText(value)}</p>
    </div>
  );
}

const pct = (p: number) => `${(Math.max(0, Math.min(1, p)) * 100).toFixed(1)}%`;

export function Bar({ value, baseRate }: { value: Interval; baseRate?: number }) {
  const width = Math.max(0.01, value.high - value.low);
  return (
    <svg class="bar" width="100%" height="18" aria-hidden="true">
      <rect class="bar-track" x="0" y="7" width="100%" height="4" rx="2" />
      <rect class="bar-band" x={pct(value.low)} y="4" width={pct(width)} height="10" rx="5" />
      {baseRate !== undefined && (
        <line class="bar-base" x1={pct(baseRate)} x2={pct(baseRate)} y1="0" y2="18" />
      )}
      <circle class="bar-point" cx={pct(value.probability)} cy="9" r="5.5" />
    </svg>
  );
}

export function sureness(value: Interval): string {
  return t(`certainty.${certainty(value.low, value.high)}`);
}

// How staff call a client who gave no name: by the beginning of their id, which says nothing.
export function clientName({ name, personId }: { name: string; personId: string }): string {
  return name || t('client.unnamed', { id: personId.slice(0, 4).toUpperCase() });
}
