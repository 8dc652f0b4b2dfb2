// Measures over time: one small line each, with the same numbers as a table.
import { lang, t } from '../i18n';
import { day } from '../lib/time';
import type { Observation } from '../lib/types';

export interface Series {
  code: string;
  label: string;
  unit: string;
  points: { time: string; value: number }[];
}

export function series(observations: readonly Observation[]): Series[] {
  const byCode = new Map<string, Series>();
  for (const o of observations) {
    const one = byCode.get(o.code) ?? { code: o.code, label: o.label, unit: o.unit ?? '', points: [] };
    one.points.push({ time: o.time, value: o.value });
    byCode.set(o.code, one);
  }
  for (const one of byCode.values()) {
    one.points.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  }
  return [...byCode.values()];
}

// The highest possible score, where the measure has one; the axis always begins at 0.
const TOPS: Record<string, number> = { '44261-6': 27, '70274-6': 21 };

const W = 320;
const H = 120;
const PAD = { left: 28, right: 10, top: 10, bottom: 20 };

function Chart({ one }: { one: Series }) {
  const times = one.points.map((p) => Date.parse(p.time));
  const from = Math.min(...times);
  const span = Math.max(...times) - from || 1;
  const largest = Math.max(...one.points.map((p) => p.value));
  const top = TOPS[one.code] ?? Math.max(10, Math.ceil(largest));
  const x = (i: number) =>
    one.points.length === 1
      ? (PAD.left + W - PAD.right) / 2
      : PAD.left + ((times[i]! - from) / span) * (W - PAD.left - PAD.right);
  const y = (v: number) => H - PAD.bottom - (v / top) * (H - PAD.top - PAD.bottom);
  const first = one.points[0]!;
  const last = one.points.at(-1)!;
  const summary = t('chart.summary', {
    label: one.label,
    n: one.points.length,
    first: first.value,
    last: last.value,
    from: day(first.time, lang.value),
    to: day(last.time, lang.value),
  });
  return (
    <figure class="chart">
      <figcaption>
        <strong>{one.label}</strong>{' '}
        <span class="hint">{t('chart.last', { value: last.value, date: day(last.time, lang.value) })}</span>
      </figcaption>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={summary}>
        {[0, top / 2, top].map((v) => (
          <g key={v}>
            <line class="chart-grid" x1={PAD.left} x2={W - PAD.right} y1={y(v)} y2={y(v)} />
            <text class="chart-text" x={PAD.left - 6} y={y(v) + 4} text-anchor="end">
              {Math.round(v * 10) / 10}
            </text>
          </g>
        ))}
        <polyline class="chart-line" points={one.points.map((p, i) => `${x(i)},${y(p.value)}`).join(' ')} />
        {one.points.map((p, i) => (
          <circle key={p.time} class="chart-dot" cx={x(i)} cy={y(p.value)} r={i === one.points.length - 1 ? 4 : 2.5} />
        ))}
        <text class="chart-text" x={PAD.left} y={H - 4}>
          {day(first.time, lang.value)}
        </text>
        <text class="chart-text" x={W - PAD.right} y={H - 4} text-anchor="end">
          {one.points.length > 1 ? day(last.time, lang.value) : ''}
        </text>
      </svg>
      <details>
        <summary>{t('chart.table', { label: one.label })}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('chart.date')}</th>
              <th scope="col">{t('chart.value')}</th>
            </tr>
          </thead>
          <tbody>
            {one.points.map((p) => (
              <tr key={p.time}>
                <td>{day(p.time, lang.value)}</td>
                <td>
                  {p.value} {one.unit}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

export function Charts({ observations }: { observations: readonly Observation[] }) {
  return (
    <>
      {series(observations).map((one) => (
        <Chart key={one.code} one={one} />
      ))}
    </>
  );
}
