// One client, for their care team: what they wrote, how they have been, what they allow.
import { useRoute } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t, tn, word } from '../i18n';
import { ApiError, get, post } from '../lib/api';
import { newId } from '../lib/ids';
import { checkText, TEXT_LIMIT } from '../lib/outbox';
import type { FindingSummary, Message, Observation, Person } from '../lib/types';
import { Bubble } from '../ui/bubble';
import { Button, Empty, Field, Loading, Problem, Tag, Title } from '../ui/parts';
import { useLoad } from '../ui/use';
import { clientName } from './bits';
import { Charts } from './chart';
import { FindingRows } from './findings';

export function ClientPage() {
  const id = encodeURIComponent(useRoute().params.id ?? '');
  const { data, error, reload } = useLoad<{ person: Person }>(`/api/patients/${id}`);
  if (!data) {
    return (
      <div class="wide">
        <Title text={t('client.title')} />
        {error ? <Problem error={error} retry={() => void reload()} /> : <Loading />}
      </div>
    );
  }
  const { person } = data;
  return (
    <div class="wide" key={id}>
      <p class="back">
        <a href="/caseload">{t('client.back')}</a>
      </p>
      <Title text={clientName(person)} />
      <Open id={id} />
      <div class="columns">
        <Messages id={id} />
        <div>
          <section class="card" aria-labelledby="how-title">
            <h2 id="how-title">{t('client.how')}</h2>
            {person.consents.some((c) => c.source === 'checkIns' && c.purpose === 'care' && c.granted) ? (
              <How id={id} />
            ) : (
              <Empty title={t('client.how.notAllowed')} />
            )}
          </section>
          <section class="card" aria-labelledby="allowed-title">
            <h2 id="allowed-title">{t('client.consents')}</h2>
            <ul class="allowed">
              {person.consents.map((c) => (
                <li key={c.source + c.purpose}>
                  <span>
                    {t('client.consent', {
                      source: word('source', c.source),
                      purpose: word('purpose', c.purpose),
                    })}
                  </span>
                  <Tag tone={c.granted ? 'good' : 'calm'}>{t(c.granted ? 'consent.yes' : 'consent.no')}</Tag>
                </li>
              ))}
            </ul>
          </section>
          <section class="card" aria-labelledby="team-title">
            <h2 id="team-title">{t('client.team')}</h2>
            <ul class="plain-list">
              {person.careTeam.map((m) => (
                <li key={m.name}>
                  {m.name} <span class="hint">{word('role', m.role)}</span>
                </li>
              ))}
            </ul>
          </section>
        </div>
      </div>
    </div>
  );
}

function Open({ id }: { id: string }) {
  const { data } = useLoad<{ findings: FindingSummary[] }>(
    `/api/findings?state=open&person=${id}`,
    (e) => e.type === 'finding' || e.type === 'finding-decided',
  );
  if (!data || data.findings.length === 0) return null;
  return (
    <section aria-labelledby="open-title">
      <h2 id="open-title">{tn('client.open', data.findings.length)}</h2>
      <FindingRows findings={data.findings} bare />
    </section>
  );
}

function How({ id }: { id: string }) {
  const { data, error, reload } = useLoad<{ observations: Observation[] }>(
    `/api/patients/${id}/observations`,
  );
  if (!data) return error ? <Problem error={error} retry={() => void reload()} /> : <Loading />;
  if (data.observations.length === 0) return <Empty title={t('client.how.none')} />;
  return <Charts observations={data.observations} />;
}

interface Thread {
  messages: Message[];
  more: boolean;
}

function Messages({ id }: { id: string }) {
  const path = `/api/patients/${id}/messages`;
  const { data, error, reload } = useLoad<Thread>(
    `${path}?limit=30`,
    (e) => e.type === 'message' && (!e.personId || encodeURIComponent(e.personId) === id),
  );
  const [older, setOlder] = useState<Thread>();
  const [olderError, setOlderError] = useState<ApiError>();
  const first = older?.messages[0] ?? data?.messages[0];
  const back = () =>
    first &&
    get<Thread>(`${path}?limit=30&before=${encodeURIComponent(first.id)}`).then(
      (got) => {
        setOlderError(undefined);
        setOlder((old) => ({ messages: [...got.messages, ...(old?.messages ?? [])], more: got.more }));
      },
      (e: unknown) => setOlderError(e instanceof ApiError ? e : new ApiError('server', 0)),
    );
  // The newest stands at the end: that is what whoever opens the page has to see.
  const thread = useRef<HTMLOListElement>(null);
  const newest = data?.messages.at(-1)?.id;
  useEffect(() => {
    if (thread.current) thread.current.scrollTop = thread.current.scrollHeight;
  }, [newest]);
  const known = new Set(data?.messages.map((m) => m.id));
  const all = [...(older?.messages ?? []).filter((m) => !known.has(m.id)), ...(data?.messages ?? [])];
  return (
    <section class="card" aria-labelledby="messages-title">
      <h2 id="messages-title">{t('client.messages')}</h2>
      <p class="hint">{t('client.messages.hint')}</p>
      {!data && (error ? <Problem error={error} retry={() => void reload()} /> : <Loading />)}
      {(older?.more ?? data?.more) && (
        <Button look="quiet" onClick={() => void back()}>
          {t('messages.earlier')}
        </Button>
      )}
      {olderError && <Problem error={olderError} />}
      {data && all.length === 0 && <Empty title={t('client.messages.none')} />}
      <ol ref={thread} class="thread thread-staff" aria-label={t('client.messages')}>
        {all.map((m) => (
          <li key={m.id} class={m.from === 'staff' ? 'mine' : 'theirs'}>
            <Bubble message={m} author={m.author ?? t(m.from === 'staff' ? 'client.staff' : 'client.them')} />
          </li>
        ))}
      </ol>
      <Reply path={path} sent={reload} />
    </section>
  );
}

function Reply({ path, sent }: { path: string; sent: () => Promise<void> }) {
  // The id stays the same until the server has it: a second try does no harm.
  const [draft, setDraft] = useState({ id: newId(), text: '' });
  const [wrong, setWrong] = useState<string>();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const send = async () => {
    const problem = checkText(draft.text);
    if (problem) {
      const over = [...draft.text].length - TEXT_LIMIT;
      return setWrong(
        problem === 'empty' ? t('composer.empty') : tn('composer.tooLong', over, { limit: TEXT_LIMIT }),
      );
    }
    setBusy(true);
    setError(undefined);
    try {
      await post(path, draft);
      setDraft({ id: newId(), text: '' });
      await sent();
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('server', 0));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (!busy) void send();
      }}
    >
      <Field label={t('reply.label')} error={wrong}>
        {(ties) => (
          <textarea
            {...ties}
            rows={3}
            dir="auto"
            value={draft.text}
            onInput={(e) => {
              setDraft({ ...draft, text: e.currentTarget.value });
              setWrong(undefined);
            }}
          />
        )}
      </Field>
      {error && <Problem error={error} />}
      <Button look="main" type="submit" busy={busy}>
        {t('reply.send')}
      </Button>
    </form>
  );
}
