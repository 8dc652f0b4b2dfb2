// What is done with what a client writes, and what they allow. Nothing is ticked beforehand.
import { useLocation } from 'preact-iso';
import { useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { ApiError, put } from '../lib/api';
import { account, store } from '../lib/session';
import type { ConsentItem, Consents } from '../lib/types';
import { announce } from '../ui/announce';
import { Button, Choice, Loading, Notice, Problem, Switch, Tag, Title } from '../ui/parts';
import { useLoad } from '../ui/use';

const isCare = (item: ConsentItem) => item.source === 'messages' && item.purpose === 'care';
const keyOf = (item: ConsentItem) => `${item.source}/${item.purpose}`;

// The questions, and answering one: it holds from that moment. The switch moves at once and moves
// back if the answer could not be kept; answers go to the server one after the other.
export function useConsents() {
  const loaded = useLoad<Consents>('/api/me/consents');
  const [pending, setPending] = useState(0);
  const [failed, setFailed] = useState<ApiError>();
  const now = useRef(loaded.data);
  now.current = loaded.data;
  const line = useRef(Promise.resolve());
  const show = (item: ConsentItem) => {
    if (!now.current) return;
    now.current = {
      ...now.current,
      items: now.current.items.map((i) => (keyOf(i) === keyOf(item) ? item : i)),
    };
    loaded.set(now.current);
  };
  const keep = async (item: ConsentItem, granted: boolean, textVersion: string) => {
    try {
      const { source, purpose } = item;
      const kept = await put<ConsentItem>('/api/me/consents', { source, purpose, granted, textVersion });
      show({ ...item, ...kept, granted, since: kept?.since ?? new Date().toISOString() });
      if (isCare(item)) {
        const key = `consent.${account.value?.id}`;
        if (granted) store.set(key, 'granted');
        else store.remove(key);
      }
      announce(t(granted ? 'consent.saved.yes' : 'consent.saved.no', { title: item.title }));
    } catch (error) {
      show(item);
      const problem = error instanceof ApiError ? error : new ApiError('server', 0);
      setFailed(problem);
      // The words changed since: show the new ones before asking again.
      if (problem.kind === 'conflict') await loaded.reload();
    }
    setPending((n) => n - 1);
  };
  const answer = (item: ConsentItem, granted: boolean) => {
    const version = now.current?.text.version ?? '';
    setFailed(undefined);
    setPending((n) => n + 1);
    show({ ...item, granted, since: item.since ?? new Date().toISOString() });
    line.current = line.current.then(() => keep(item, granted, version));
  };
  return { ...loaded, busy: pending > 0, failed, answer };
}

export function ConsentSwitches({ consents, skipCare }: { consents: ReturnType<typeof useConsents>; skipCare?: boolean }) {
  return (
    <>
      {consents.data?.items
        .filter((item) => !(skipCare && isCare(item)))
        .map((item) => (
          <Switch
            key={keyOf(item)}
            label={item.title}
            detail={
              <>
                <p>{item.explanation}</p>
                {item.recommended && <Tag>{t('consent.recommended')}</Tag>}
              </>
            }
            on={item.granted}
            onChange={(on) => consents.answer(item, on)}
          />
        ))}
    </>
  );
}

export function Consent() {
  const { route } = useLocation();
  const consents = useConsents();
  const [missing, setMissing] = useState(false);
  const care = consents.data?.items.find(isCare);
  const decided = !care || care.granted || care.since !== undefined;
  const others = consents.data?.items.some((i) => !isCare(i));
  return (
    <div class="narrow consent">
      <Title text={t('consent.title')} />
      {consents.error && !consents.data && (
        <Problem error={consents.error} retry={() => void consents.reload()} />
      )}
      {!consents.data && !consents.error && <Loading />}
      {consents.data && (
        <>
          {consents.data.text.paragraphs.map((p) => (
            <p key={p}>{p}</p>
          ))}
          {care && (
            <section class="card">
              <Choice
                legend={care.title}
                name="care"
                value={!decided ? undefined : care.granted ? 'yes' : 'no'}
                options={[
                  { value: 'yes', label: t('consent.care.yes'), hint: care.explanation },
                  { value: 'no', label: t('consent.care.no'), hint: t('consent.care.no.hint') },
                ]}
                onChange={(value) => {
                  setMissing(false);
                  consents.answer(care, value === 'yes');
                }}
              />
              {decided && !care.granted && (
                <Notice title={t('declined.title')} role="status">
                  <p>{t('consent.declined')}</p>
                </Notice>
              )}
            </section>
          )}
          {others && (
            <section class="card" aria-labelledby="others-title">
              <h2 id="others-title">{t('consent.others')}</h2>
              <p class="hint">{t('consent.others.hint')}</p>
              <ConsentSwitches consents={consents} skipCare />
            </section>
          )}
          {consents.failed && <Problem error={consents.failed} />}
          {missing && (
            <Notice tone="warm" role="alert">
              <p>{t('consent.missing')}</p>
            </Notice>
          )}
          <Button
            look="main"
            busy={consents.busy}
            onClick={() => (decided ? route('/') : setMissing(true))}
          >
            {t('consent.go')}
          </Button>
          <p class="hint">{t('consent.later')}</p>
        </>
      )}
    </div>
  );
}
