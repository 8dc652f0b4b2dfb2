// What is held about a client, who has read it, and the ways to change or take it away.
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { lang, t, tn, word } from '../i18n';
import { ApiError } from '../lib/api';
import { account, signOut } from '../lib/session';
import { moment } from '../lib/time';
import type { AccessEntry } from '../lib/types';
import { waiting } from '../lib/wire';
import { Button, Empty, Loading, Notice, Problem, Title } from '../ui/parts';
import { useLoad, useNow } from '../ui/use';
import { ConsentSwitches, useConsents } from './consent';

export function MyData() {
  const consents = useConsents();
  return (
    <div class="narrow">
      <Title text={t('myData.title')} />
      <p>{t('myData.lead')}</p>
      <section class="card" aria-labelledby="access-title">
        <h2 id="access-title">{t('access.title')}</h2>
        <Access />
      </section>
      <section class="card" aria-labelledby="consents-title">
        <h2 id="consents-title">{t('myData.consents')}</h2>
        <p class="hint">{t('myData.consents.hint')}</p>
        {consents.error && !consents.data && (
          <Problem error={consents.error} retry={() => void consents.reload()} />
        )}
        {!consents.data && !consents.error && <Loading />}
        <ConsentSwitches consents={consents} />
        {consents.failed && <Problem error={consents.failed} />}
        {consents.data && (
          <details>
            <summary>{t('myData.consents.words')}</summary>
            {consents.data.text.paragraphs.map((p) => (
              <p key={p}>{p}</p>
            ))}
          </details>
        )}
      </section>
      <section class="card" aria-labelledby="export-title">
        <h2 id="export-title">{t('export.title')}</h2>
        <p>{t('export.text')}</p>
        <a class="button button-plain" href="/api/me/export" download>
          {t('export.button')}
        </a>
      </section>
      {account.value?.anonymous && (
        <section class="card" aria-labelledby="code-title">
          <h2 id="code-title">{t('myData.code.title')}</h2>
          <p>{t('myData.code.text')}</p>
        </section>
      )}
      <section class="card" aria-labelledby="out-title">
        <h2 id="out-title">{t('signOut.title')}</h2>
        <Leave />
      </section>
    </div>
  );
}

function what(e: AccessEntry): string {
  const kinds = e.what.split(' ').map((kind) => word('kindOf', kind));
  const list = new Intl.ListFormat(lang.value).format(kinds);
  return e.action === 'refused'
    ? t('access.refused', { what: list })
    : t('access.what', {
        action: word('action', e.action ?? 'read'),
        what: list,
        why: word('why', e.why),
      });
}

function Access() {
  const { data, error, reload } = useLoad<{ entries: AccessEntry[] }>(
    '/api/me/access',
    (e) => e.type === 'read',
  );
  const now = useNow();
  if (!data) return error ? <Problem error={error} retry={() => void reload()} /> : <Loading />;
  if (data.entries.length === 0) return <Empty title={t('access.none')} />;
  return (
    <ul class="access">
      {data.entries.map((e, i) => (
        <li key={e.time + e.who + e.what + i}>
          <p>
            <strong>{e.who}</strong> <span class="hint">{word('role', e.role)}</span>
          </p>
          <p>{what(e)}</p>
          <p class="hint">
            <time dateTime={e.time}>{moment(e.time, now, lang.value)}</time>
          </p>
        </li>
      ))}
    </ul>
  );
}

function Leave() {
  const { route } = useLocation();
  const [error, setError] = useState<ApiError>();
  const unsent = waiting.value.length;
  const leave = () =>
    signOut().then(
      () => route('/'),
      (e: unknown) => setError(e instanceof ApiError ? e : new ApiError('server', 0)),
    );
  return (
    <>
      <p>{t('signOut.text')}</p>
      {account.value?.anonymous && <p>{t('signOut.code')}</p>}
      {unsent > 0 && (
        <Notice tone="warm">
          <p>{tn('signOut.unsent', unsent)}</p>
        </Notice>
      )}
      {error && (
        <Notice tone="warm" role="alert">
          <p>{t('signOut.failed')}</p>
        </Notice>
      )}
      <Button onClick={() => void leave()}>
        {unsent > 0 ? tn('signOut.anyway', unsent) : t('signOut.button')}
      </Button>
    </>
  );
}
