// Pages: somebody may be in crisis and a person was called. And who is on call.
import { useState } from 'preact/hooks';
import { lang, t, word } from '../i18n';
import { ApiError, post, put } from '../lib/api';
import { account } from '../lib/session';
import { moment, relative } from '../lib/time';
import type { Page, StaffMember } from '../lib/types';
import { announce } from '../ui/announce';
import { Button, Empty, Loading, Notice, Problem, Switch, Tag, Title } from '../ui/parts';
import { useLoad, useNow } from '../ui/use';
import { clientName } from './bits';

export function Pages() {
  const { data, error, reload } = useLoad<{ pages: Page[] }>(
    '/api/pages',
    (e) => e.type === 'page' || e.type === 'page-acked',
  );
  const open = data?.pages.filter((p) => !p.ackedAt) ?? [];
  const closed = data?.pages.filter((p) => p.ackedAt) ?? [];
  return (
    <div class="wide">
      <Title text={t('pages.title')} />
      <p class="hint">{t('pages.lead')}</p>
      <OnCall />
      {error && <Problem error={error} retry={() => void reload()} />}
      {!data && !error && <Loading />}
      {data && open.length === 0 && <Empty title={t('pages.none')} />}
      <ul class="rows">
        {open.map((p) => (
          <PageRow key={p.id} page={p} done={reload} />
        ))}
      </ul>
      {closed.length > 0 && (
        <>
          <h2>{t('pages.before')}</h2>
          <ul class="rows">
            {closed.map((p) => (
              <PageRow key={p.id} page={p} done={reload} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function PageRow({ page, done }: { page: Page; done: () => Promise<void> }) {
  const now = useNow();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const acknowledge = async () => {
    setBusy(true);
    try {
      await post(`/api/pages/${page.id}/ack`);
      announce(t('pages.acked.announce'));
      await done();
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('server', 0));
    } finally {
      setBusy(false);
    }
  };
  return (
    <li class={`row-card ${page.ackedAt ? '' : 'edge-1'}`}>
      <div class="row-main">
        <p class="row-tags">
          <a class="row-link" href={page.findingId ? `/findings/${page.findingId}` : `/clients/${page.personId}`}>
            {clientName(page)}
          </a>
          {page.level > 0 && !page.ackedAt && <Tag tone="warm">{t('pages.level', { n: page.level })}</Tag>}
        </p>
        <p>{word('reason', page.reason)}</p>
        <p class="hint">
          {t('pages.sent', {
            when: moment(page.sentAt, now, lang.value),
            ago: relative(page.sentAt, now, lang.value),
          })}
        </p>
        <ul class="channels" aria-label={t('pages.channels')}>
          {page.channels.map((c) => (
            <li key={`${c.channel} ${c.to} ${c.level}`}>
              <Tag tone={c.error ? 'alert' : 'calm'}>
                {t(c.to ? 'pages.channelTo' : 'pages.channel', {
                  channel: word('channel', c.channel),
                  name: c.to ?? '',
                  state: word('channelState', c.state),
                })}
              </Tag>
              {c.error && <span class="hint"> {c.error}</span>}
            </li>
          ))}
        </ul>
        {error && <Problem error={error} />}
      </div>
      <div class="row-side">
        {page.ackedAt ? (
          <span class="hint">
            {t('pages.acked', {
              name: page.ackedBy ?? '',
              when: moment(page.ackedAt, now, lang.value),
            })}
          </span>
        ) : (
          <Button look="main" busy={busy} onClick={() => void acknowledge()}>
            {t('pages.ack')}
          </Button>
        )}
      </div>
    </li>
  );
}

function OnCall() {
  const { data, reload } = useLoad<{ staff: StaffMember[] }>('/api/staff');
  const [error, setError] = useState<ApiError>();
  if (!data) return null;
  const me = data.staff.find((s) => s.accountId === account.value?.id);
  const others = data.staff.filter((s) => s.onCall && s !== me).map((s) => s.name);
  const nobody = others.length === 0 && !me?.onCall;
  const change = (onCall: boolean) =>
    put('/api/me/on-call', { onCall }).then(
      () => {
        setError(undefined);
        announce(t(onCall ? 'onCall.now' : 'onCall.off'));
        return reload();
      },
      (e: unknown) => setError(e instanceof ApiError ? e : new ApiError('server', 0)),
    );
  return (
    <section class="card" aria-label={t('onCall.title')}>
      {me && (
        <Switch
          label={t('onCall.me')}
          detail={<p>{t('onCall.hint')}</p>}
          on={me.onCall}
          onChange={(on) => void change(on)}
        />
      )}
      {nobody ? (
        <Notice tone="warm">
          <p>{t('onCall.nobody')}</p>
        </Notice>
      ) : (
        others.length > 0 && (
          <p>
            {t('onCall.others', { names: new Intl.ListFormat(lang.value).format(others) })}
          </p>
        )
      )}
      {error && <Problem error={error} />}
    </section>
  );
}
