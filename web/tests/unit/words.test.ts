// If these fail, somebody reads a raw key, half a sentence, or another language than theirs.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseSync } from 'vite';
import designEn from '../../src/i18n/design.en.json';
import designEs from '../../src/i18n/design.es.json';
import en from '../../src/i18n/en.json';
import es from '../../src/i18n/es.json';
import { fill, pickLang, setLang, t, tn, word } from '../../src/i18n';

const SRC = join(import.meta.dirname, '../../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f));
const source = (file: string) => readFileSync(join(SRC, file), 'utf8');
const names = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

describe.each([
  ['the app', en as Record<string, string>, es as Record<string, string>],
  ['the design page', designEn as Record<string, string>, designEs as Record<string, string>],
])('the words of %s', (_name, english, spanish) => {
  it('are the same keys in each language, none empty', () => {
    expect(Object.keys(spanish)).toEqual(Object.keys(english));
    for (const text of [...Object.values(english), ...Object.values(spanish)]) expect(text.trim()).not.toBe('');
  });

  it('have the same gaps to fill in each language', () => {
    for (const key of Object.keys(english)) expect([key, names(spanish[key]!)]).toEqual([key, names(english[key]!)]);
  });

  // Words nobody shows are words nobody checks.
  it('are all used', () => {
    const all = files.map(source).join('\n');
    // Keys built from a code: their groups.
    const built = [...all.matchAll(/(?:word\('|`)([a-z][\w.]*?)(?:\.\$\{|',)/gi)].map((m) => `${m[1]}.`);
    const unused = Object.keys(english).filter((key) => {
      const base = key.replace(/_(?:one|other)$/, '');
      return !all.includes(`'${base}'`) && !all.includes(`"${base}"`) && !built.some((group) => base.startsWith(group));
    });
    expect(unused).toEqual([]);
  });
});

interface Node {
  type: string;
  [key: string]: unknown;
}
function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const child of node) walk(child, visit);
  else if (node && typeof node === 'object' && typeof (node as Node).type === 'string') {
    visit(node as Node);
    for (const value of Object.values(node)) if (value && typeof value === 'object') walk(value, visit);
  }
}

describe('the pages', () => {
  const SPOKEN = new Set(['aria-label', 'title', 'alt', 'placeholder', 'label', 'hint', 'legend', 'text', 'error', 'detail']);
  const letters = /\p{L}/u;

  // A sentence written into a page is in one language only.
  it.each(files.filter((f) => f.endsWith('.tsx')))('%s has no words of its own', (file) => {
    const found: string[] = [];
    walk(parseSync(file, source(file), { lang: 'tsx' }).program, (node) => {
      if (node.type === 'JSXText' && letters.test(String(node.value))) found.push(String(node.value).trim());
      if (node.type === 'JSXAttribute') {
        const name = String((node.name as { name?: unknown }).name);
        const value = node.value as Node | null;
        if (SPOKEN.has(name) && value?.type === 'Literal' && letters.test(String(value.value)) && !(String(value.value) in { ...en, ...designEn })) {
          found.push(String(value.value));
        }
      }
      if (node.type === 'JSXExpressionContainer') {
        const e = node.expression as Node;
        if (e.type === 'Literal' && typeof e.value === 'string' && letters.test(e.value)) {
          found.push(e.value);
        }
      }
    });
    // Attributes that are no words: ids, classes and the like were not looked at above.
    expect(found).toEqual([]);
  });
});

describe('choosing words', () => {
  afterEach(() => setLang('en'));

  it('fills gaps and leaves unknown ones', () => {
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
  });

  it('picks the form for a number in the language', async () => {
    expect(tn('caseload.open', 1)).toBe('1 open finding');
    expect(tn('caseload.open', 2)).toBe('2 open findings');
    await setLang('es');
    expect(tn('caseload.open', 1)).toBe('1 hallazgo abierto');
    expect(t('help.button')).toBe('Ayuda ahora');
  });

  it('shows the server’s own code where there is no word', () => {
    expect(word('role', 'clinician')).toBe('Clinician');
    expect(word('role', 'chaplain')).toBe('chaplain');
  });

  it('takes the language that was chosen, then the device’s, then English', () => {
    expect(pickLang('es', ['en-GB'])).toBe('es');
    expect(pickLang(null, ['de', 'es-MX', 'en'])).toBe('es');
    expect(pickLang(null, ['de'])).toBe('en');
    expect(pickLang('xx', [])).toBe('en');
  });
});
