// Every visible word goes through here. English is in the first load; others come when asked for.
import { computed, signal } from '@preact/signals';
import type designEn from './design.en.json';
import en from './en.json';

type Messages = typeof en;
export type Key = keyof Messages | keyof typeof designEn;
export type PluralKey = Key extends infer K ? (K extends `${infer Base}_other` ? Base : never) : never;
export type Lang = 'en' | 'es';
export const LANGS: readonly Lang[] = ['en', 'es'];

// Words that come with a page of their own.
const added: Record<Lang, Record<string, string>> = { en: {}, es: {} };
const loaded = signal<{ lang: Lang; messages: Record<string, string> }>({ lang: 'en', messages: en });
export const lang = computed(() => loaded.value.lang);

const loaders: Record<Lang, () => Promise<Messages>> = {
  en: () => Promise.resolve(en),
  es: () => import('./es.json').then((m) => m.default),
};

export function addWords(words: Record<Lang, Record<string, string>>): void {
  for (const l of LANGS) Object.assign(added[l], words[l]);
}

export async function setLang(wanted: Lang): Promise<void> {
  loaded.value = { lang: wanted, messages: await loaders[wanted]() };
  if (typeof document !== 'undefined') document.documentElement.lang = wanted;
}

export function pickLang(kept: string | null, offered: readonly string[]): Lang {
  for (const tag of [kept ?? '', ...offered]) {
    const base = tag.slice(0, 2).toLowerCase();
    if ((LANGS as readonly string[]).includes(base)) return base as Lang;
  }
  return 'en';
}

export type Params = Record<string, string | number>;

export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in params ? String(params[name]) : whole,
  );
}

export function t(key: Key, params?: Params): string {
  const { messages, lang: now } = loaded.value;
  return fill(messages[key] ?? added[now][key] ?? key, params);
}

// Picks the form for a number: keys NAME_one and NAME_other; {n} is the number.
export function tn(key: PluralKey, n: number, params?: Params): string {
  const form = new Intl.PluralRules(lang.value).select(n) === 'one' ? 'one' : 'other';
  return t(`${key}_${form}` as Key, { n, ...params });
}

// For words that come from the server as codes: the code itself when there is no word for it.
export function word(group: string, code: string): string {
  const key = `${group}.${code}`;
  return key in loaded.value.messages ? t(key as Key) : code;
}
