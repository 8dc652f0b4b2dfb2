// Times for people. `now` comes in, so that the server's clock can be used for what is due.
const DAY = 86_400_000;

let offset = 0;
export function syncClock(serverTime: string | undefined, here = Date.now()): void {
  const there = Date.parse(serverTime ?? '');
  if (!Number.isNaN(there)) offset = there - here;
}
export const serverNow = () => new Date(Date.now() + offset);

const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
// English here is British: day before month, 24 hours.
const locale = (lang: string) => (lang === 'en' ? 'en-GB' : lang);

function format(lang: string, options: Intl.DateTimeFormatOptions, d: Date): string {
  return new Intl.DateTimeFormat(locale(lang), options).format(d);
}

export function clock(iso: string, lang: string): string {
  return format(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, new Date(iso));
}

// "14:02" today, "yesterday, 14:02", "3 Nov, 14:02", "3 Nov 2025".
export function moment(iso: string, now: Date, lang: string): string {
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return '';
  const days = Math.round((midnight(now) - midnight(d)) / DAY);
  if (days === 0) return clock(iso, lang);
  if (days === 1) {
    const word = new Intl.RelativeTimeFormat(locale(lang), { numeric: 'auto' }).format(-1, 'day');
    return `${word}, ${clock(iso, lang)}`;
  }
  if (d.getFullYear() !== now.getFullYear()) {
    return format(lang, { day: 'numeric', month: 'short', year: 'numeric' }, d);
  }
  return `${format(lang, { day: 'numeric', month: 'short' }, d)}, ${clock(iso, lang)}`;
}

export function day(iso: string, lang: string): string {
  const d = new Date(iso.length === 10 ? `${iso}T12:00:00` : iso);
  if (Number.isNaN(d.getTime())) return '';
  return format(lang, { day: 'numeric', month: 'long', year: 'numeric' }, d);
}

// "in 12 minutes", "2 hours ago": the largest unit that says enough.
export function relative(iso: string, now: Date, lang: string): string {
  const seconds = (Date.parse(iso) - now.getTime()) / 1000;
  if (Number.isNaN(seconds)) return '';
  const words = new Intl.RelativeTimeFormat(locale(lang), { numeric: 'auto' });
  const size = Math.abs(seconds);
  const round = (x: number) => (x < 0 ? -Math.round(-x) : Math.round(x));
  if (size < 45) return words.format(0, 'second');
  if (size < 3570) return words.format(round(seconds / 60), 'minute');
  if (size < 84_600) return words.format(round(seconds / 3600), 'hour');
  return words.format(round(seconds / 86_400), 'day');
}
