// If these fail, somebody thinks that they have hours where they have minutes.
import { describe, expect, it } from 'vitest';
import { certainty, likelihood, percent } from '../../src/lib/prob';
import { clock, day, moment, relative, serverNow, syncClock } from '../../src/lib/time';

const now = new Date(2026, 10, 21, 14, 30);
const at = (...parts: [number, number, number, number?, number?]) => new Date(...parts).toISOString();

describe('moment', () => {
  it('says as much as is needed', () => {
    expect(moment(at(2026, 10, 21, 14, 2), now, 'en')).toBe('14:02');
    expect(moment(at(2026, 10, 21, 0, 5), now, 'en')).toBe('00:05');
    expect(moment(at(2026, 10, 20, 23, 59), now, 'en')).toBe('yesterday, 23:59');
    expect(moment(at(2026, 10, 3, 9, 0), now, 'en')).toBe('3 Nov, 09:00');
    expect(moment(at(2025, 10, 3, 9, 0), now, 'en')).toBe('3 Nov 2025');
    expect(moment(at(2026, 10, 20, 23, 59), now, 'es')).toBe('ayer, 23:59');
    expect(moment('rubbish', now, 'en')).toBe('');
  });

  // The clocks change: yesterday must stay yesterday.
  it('counts days by the calendar, not by hours', () => {
    const morning = new Date(2026, 10, 21, 0, 1);
    expect(moment(at(2026, 10, 20, 23, 58), morning, 'en')).toBe('yesterday, 23:58');
  });
});

describe('relative', () => {
  const from = (minutes: number) => relative(new Date(now.getTime() + minutes * 60_000).toISOString(), now, 'en');
  it('uses the largest unit that says enough', () => {
    expect(from(0.2)).toBe('now');
    expect(from(12)).toBe('in 12 minutes');
    expect(from(-12)).toBe('12 minutes ago');
    expect(from(59.8)).toBe('in 1 hour');
    expect(from(180)).toBe('in 3 hours');
    expect(from(-60 * 49)).toBe('2 days ago');
  });
});

describe('clock and day', () => {
  it('write hours in 24 and dates without a time zone’s slip', () => {
    expect(clock(at(2026, 10, 21, 23, 5), 'en')).toBe('23:05');
    expect(day('2026-11-01', 'en')).toBe('1 November 2026');
    expect(day('2026-11-01', 'es')).toBe('1 de noviembre de 2026');
    expect(day('rubbish', 'en')).toBe('');
  });

  // A device with a wrong clock must not show a crisis as not due yet.
  it('goes by the server’s clock', () => {
    const here = Date.now();
    syncClock(new Date(here + 3_600_000).toISOString(), here);
    expect(Math.abs(serverNow().getTime() - Date.now() - 3_600_000)).toBeLessThan(1000);
    syncClock(undefined);
    syncClock(new Date(here).toISOString(), here);
  });
});

describe('probabilities', () => {
  it('have words that fit the number', () => {
    expect([0, 0.2, 0.5, 0.7, 0.95].map(likelihood)).toEqual(['very-unlikely', 'unlikely', 'even', 'likely', 'very-likely']);
    expect(certainty(0.7, 0.8)).toBe('sure');
    expect(certainty(0.5, 0.8)).toBe('fair');
    expect(certainty(0.1, 0.9)).toBe('unsure');
  });

  // "0 %" would say "never".
  it('never round a small chance to none', () => {
    expect(percent(0.004, 'en')).toBe('0.4%');
    expect(percent(0.72, 'en')).toBe('72%');
    expect(percent(1.2, 'en')).toBe('100%');
  });
});
