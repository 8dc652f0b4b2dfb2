// What is around every page: name, ways to go, help, and whether the line to the clinic holds.
import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { LANGS, lang, setLang, t, type Key, type Lang } from '../i18n';
import { helpOpen, closeHelp, openHelp } from '../lib/help';
import { account, clinic, signOut, store, where } from '../lib/session';
import { applyTheme, theme, type Theme } from '../lib/theme';
import { takeUpdate, updateReady } from '../lib/update';
import { connected } from '../lib/wire';
import { later } from './later';
import { Button } from './parts';
import { Mark } from './strands';

const News = later(() => import('../staff').then((m) => m.News), 'quiet');

const CLIENT: [string, Key][] = [
  ['/', 'nav.messages'],
  ['/my-data', 'nav.myData'],
];
const CARE: [string, Key][] = [
  ['/caseload', 'nav.caseload'],
  ['/findings', 'nav.findings'],
  ['/pages', 'nav.pages'],
  ['/models', 'nav.models'],
];
const OFFICE: [string, Key][] = [['/models', 'nav.models']];

function places(): [string, Key][] {
  switch (account.value?.role) {
    case undefined:
      return [];
    case 'client':
      return CLIENT;
    case 'clinician':
    case 'socialWorker':
      return CARE;
    default:
      return OFFICE;
  }
}

function isHere(place: string, path: string): boolean {
  if (place === '/') return path === '/';
  if (place === '/caseload') return path === '/' || path === '/caseload' || path.startsWith('/clients/');
  return path === place || path.startsWith(`${place}/`);
}

export function Shell({ path, children }: { path: string; children: ComponentChildren }) {
  const nav = places();
  const staff = where.value === 'in' && account.value?.role !== 'client';
  return (
    <div class={`shell ${staff ? 'shell-staff' : ''}`}>
      <a class="skip" href="#main" onClick={skip}>
        {t('skip')}
      </a>
      <header class="top">
        <a class="brand" href="/">
          <Mark />
          <span>{t('brand')}</span>
        </a>
        {nav.length > 0 && (
          <nav aria-label={t('nav.label')}>
            <ul>
              {nav.map(([place, key]) => (
                <li key={place}>
                  <a href={place} aria-current={isHere(place, path) ? 'page' : undefined}>
                    {t(key)}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        )}
        <Button
          look="help"
          id="help-button"
          aria-expanded={helpOpen.value !== undefined}
          aria-controls="help-panel"
          onClick={() => (helpOpen.value ? closeHelp() : openHelp('asked'))}
        >
          {t('help.button')}
        </Button>
      </header>
      <section aria-label={t('strip.label')}>
        {clinic.value?.demo && <p class="strip strip-demo">{t('demo')}</p>}
        <div role="status">
          {!connected.value && <p class="strip strip-lost">{t('live.lost')}</p>}
        </div>
        {nav === CARE && path !== '/pages' && <News />}
        {updateReady.value && (
          <div class="strip">
            <span>{t('update.ready')}</span> <Button onClick={takeUpdate}>{t('update.take')}</Button>
          </div>
        )}
      </section>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Foot />
    </div>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

const LANG_NAMES: Record<Lang, Key> = { en: 'lang.en', es: 'lang.es' };
const THEMES: Theme[] = ['system', 'light', 'dark'];

function Foot() {
  return (
    <footer class="foot">
      <p>{clinic.value ? t('foot.clinic', { clinic: clinic.value.name }) : t('foot.software')}</p>
      {account.value && account.value.role !== 'client' && <StaffOut />}
      <div class="foot-choices">
        <label>
          <span>{t('foot.language')}</span>
          <select
            value={lang.value}
            onChange={(e) => {
              const next = e.currentTarget.value as Lang;
              store.set('lang', next);
              void setLang(next);
            }}
          >
            {LANGS.map((l) => (
              <option key={l} value={l} lang={l}>
                {t(LANG_NAMES[l])}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('foot.theme')}</span>
          <select value={theme.value} onChange={(e) => applyTheme(e.currentTarget.value as Theme)}>
            {THEMES.map((name) => (
              <option key={name} value={name}>
                {t(`theme.${name}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </footer>
  );
}

function StaffOut() {
  const { route } = useLocation();
  const [failed, setFailed] = useState(false);
  return (
    <p class="foot-out">
      <span>{t('foot.as', { name: account.value?.name ?? '' })}</span>{' '}
      <Button look="quiet" onClick={() => void signOut().then(() => route('/'), () => setFailed(true))}>
        {t('signOut.button')}
      </Button>
      {failed && <span role="alert"> {t('signOut.failed')}</span>}
    </p>
  );
}
