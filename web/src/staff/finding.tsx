// One finding: what, how likely, which words, which model, what it cannot tell; and the decision.
import { useRoute } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { lang, t, word } from '../i18n';
import { ApiError, get, post } from '../lib/api';
import { pieces, strengthOf } from '../lib/marks';
import { percent } from '../lib/prob';
import { account } from '../lib/session';
import { moment } from '../lib/time';
import type { DecisionKind, Finding, StaffMember } from '../lib/types';
import { announce } from '../ui/announce';
import { Button, Choice, Field, Loading, Notice, Problem, Title } from '../ui/parts';
import { useLoad, useNow } from '../ui/use';
import { clientName, Due, Priority, Probability, oneIn, sureness } from './bits';

interface Answer {
  finding: Finding;
}

export function FindingPage() {
  const { params } = useRoute();
  const id = params.id ?? '';
  const { data, error, reload, set } = useLoad<Answer>(
    `/api/findings/${encodeURIComponent(id)}`,
    (e) => e.type === 'finding-decided' && e.id === id,
  );
  if (!data) {
    return (
      <div class="wide">
        <Title text={t('finding.title')} />
        {error ? <Problem error={error} retry={() => void reload()} /> : <Loading />}
      </div>
    );
  }
  return <Shown key={id} finding={data.finding} set={(finding) => set({ finding })} />;
}

function Shown({ finding, set }: { finding: Finding; set: (f: Finding) => void }) {
  const now = useNow();
  const read = finding.kind !== 'not-read';
  return (
    <div class="wide finding">
      <p class="back">
        <a href="/findings">{t('finding.back')}</a>
      </p>
      <Title text={t('findings.link', { name: clientName(finding), claim: finding.claim })} />
      <p class="row-tags">
        <Priority value={finding.priority} />
        <span class="row-kind">{word('kind', finding.kind)}</span>
        <Due finding={finding} />
        <a href={`/clients/${finding.personId}`}>{t('finding.client', { name: clientName(finding) })}</a>
      </p>
      <div class="columns">
        <div>
          <section class="card" aria-labelledby="words-title">
            <h2 id="words-title">{t('finding.words')}</h2>
            <p class="hint">
              <time dateTime={finding.message.time}>
                {t('finding.written', { when: moment(finding.message.time, now, lang.value) })}
              </time>
            </p>
            <Marked finding={finding} />
            {read && <EvidenceList finding={finding} />}
          </section>
          <Decide finding={finding} set={set} />
        </div>
        <div>
          {read ? (
            <Reading finding={finding} />
          ) : (
            <Notice tone="warm" title={t('finding.notRead.title')}>
              <p>{t('finding.notRead.text')}</p>
            </Notice>
          )}
          <section class="card" aria-labelledby="limits-title">
            <h2 id="limits-title">{t('finding.limits')}</h2>
            <ul class="plain-list">
              {finding.cannotTell.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            <p class="hint">
              {t('finding.model', { model: finding.model })} <a href="/models">{t('finding.card')}</a>
            </p>
          </section>
          <Assign finding={finding} set={set} />
        </div>
      </div>
    </div>
  );
}

function Marked({ finding }: { finding: Finding }) {
  return (
    <blockquote class="message-text" dir="auto">
      {pieces(finding.message.text, finding.evidence).map((p, i) =>
        p.strength === 0 ? (
          <span key={i}>{p.text}</span>
        ) : (
          <mark key={i} class={`mark-${p.strength}`}>
            {p.text}
          </mark>
        ),
      )}
    </blockquote>
  );
}

function EvidenceList({ finding }: { finding: Finding }) {
  if (finding.evidence.length === 0) return <p>{t('evidence.none')}</p>;
  const strongest = Math.max(...finding.evidence.map((e) => Math.abs(e.weight)));
  const sorted = [...finding.evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return (
    <>
      <h3>{t('evidence.title')}</h3>
      <ul class="evidence">
        {sorted.map((e) => (
          <li key={`${e.start}-${e.end}-${e.about}`}>
            <q dir="auto">{finding.message.text.slice(e.start, e.end)}</q>{' '}
            <span class="hint">
              {t(e.weight > 0 ? 'evidence.for' : 'evidence.against', {
                about: word('about', e.about),
                strength: t(`evidence.${strengthOf(e.weight, strongest)}`),
                change: Math.round(Math.abs(e.weight) * 1000) / 10,
              })}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Reading({ finding }: { finding: Finding }) {
  const emotions = [...finding.emotions].sort((a, b) => b.probability - a.probability).slice(0, 5);
  return (
    <section class="card" aria-labelledby="reading-title">
      <h2 id="reading-title">{t('finding.reading')}</h2>
      <h3>{t('finding.howLikely')}</h3>
      <Probability value={finding} baseRate={finding.agreement?.read === 0 ? undefined : finding.baseRate} />
      <p>{sureness(finding)}</p>
      <p class="hint">
        {finding.agreement?.read === 0
          ? t('finding.noBaseRate')
          : t('finding.baseRate', { rate: percent(finding.baseRate, lang.value) })}{' '}
        {finding.agreement && finding.agreement.decided > 0 && (
          <>
            {t('finding.agreement', {
              decided: finding.agreement.decided,
              agreed: finding.agreement.agreed,
            })}{' '}
          </>
        )}
        {finding.threshold > 0 &&
          t('finding.threshold', { threshold: percent(finding.threshold, lang.value) })}
      </p>
      <dl class="pairs">
        <dt>{t('finding.level')}</dt>
        <dd>{word('level', finding.riskLevel)}</dd>
      </dl>
      <h3>{t('finding.stress')}</h3>
      <Probability value={finding.stress} />
      {emotions.length > 0 && (
        <>
          <h3>{t('finding.emotions')}</h3>
          <ul class="emotions">
            {emotions.map((e) => (
              <li key={e.name}>
                <span>{word('emotion', e.name)}</span>
                <span class="hint">
                  {e.probability >= 0.05 && `${oneIn(e.probability)}, `}
                  {percent(e.probability, lang.value)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const KINDS: DecisionKind[] = ['accept', 'dismiss', 'act'];

function Decide({ finding, set }: { finding: Finding; set: (f: Finding) => void }) {
  const now = useNow();
  const [kind, setKind] = useState<DecisionKind>();
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<'kind' | 'reason'>();
  const [error, setError] = useState<ApiError>();
  const [beaten, setBeaten] = useState(false);
  const [busy, setBusy] = useState(false);
  const done = useRef<HTMLHeadingElement>(null);
  const mine = useRef(false);
  useEffect(() => {
    if (finding.decision && mine.current) done.current?.focus();
  }, [finding.decision]);
  const send = async () => {
    if (!kind) return setWrong('kind');
    if (reason.trim() === '') return setWrong('reason');
    setBusy(true);
    setError(undefined);
    const path = `/api/findings/${finding.id}`;
    try {
      mine.current = true;
      const answer = await post<Answer>(`${path}/decision`, {
        decision: kind,
        reason: reason.trim(),
        version: finding.version,
      });
      set(answer.finding);
      announce(t('decide.saved'));
    } catch (problem) {
      const e = problem instanceof ApiError ? problem : new ApiError('server', 0);
      if (e.kind === 'conflict') {
        setBeaten(true);
        await get<Answer>(path).then(
          (a) => set(a.finding),
          () => setError(e),
        );
      } else setError(e);
    } finally {
      setBusy(false);
    }
  };
  if (finding.decision) {
    const d = finding.decision;
    return (
      <section class="card" aria-labelledby="decision-title">
        <h2 id="decision-title" ref={done} tabIndex={-1}>
          {t('decision.title')}
        </h2>
        {beaten && (
          <Notice tone="warm" role="alert">
            <p>{t('decide.conflict', { name: d.by })}</p>
            {reason && <p>{t('decide.yours', { reason })}</p>}
          </Notice>
        )}
        <p>
          <strong>{t(`decide.${d.decision}.done`)}</strong>
        </p>
        <p class="reason">{d.reason}</p>
        <p class="hint">{t('decision.by', { name: d.by, when: moment(d.at, now, lang.value) })}</p>
      </section>
    );
  }
  return (
    <section class="card" aria-labelledby="decide-title">
      <h2 id="decide-title">{t('decide.title')}</h2>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (!busy) void send();
        }}
      >
        <Choice
          legend={t('decide.legend')}
          name="decision"
          value={kind}
          options={KINDS.map((k) => ({ value: k, label: t(`decide.${k}`), hint: t(`decide.${k}.hint`) }))}
          onChange={(k) => {
            setKind(k);
            setWrong(undefined);
          }}
        />
        <Field
          label={t('decide.reason')}
          hint={t('decide.reason.hint')}
          error={wrong === 'reason' ? t('decide.reason.missing') : undefined}
        >
          {(ties) => (
            <textarea
              {...ties}
              rows={3}
              value={reason}
              onInput={(e) => {
                setReason(e.currentTarget.value);
                setWrong(undefined);
              }}
            />
          )}
        </Field>
        {wrong === 'kind' && (
          <p class="field-error" role="alert">
            {t('decide.kind.missing')}
          </p>
        )}
        {beaten && !error && (
          <Notice tone="warm" role="alert">
            <p>{t('decide.changed')}</p>
          </Notice>
        )}
        {error && <Problem error={error} />}
        <Button look="main" type="submit" busy={busy}>
          {t('decide.go')}
        </Button>
      </form>
    </section>
  );
}

function Assign({ finding, set }: { finding: Finding; set: (f: Finding) => void }) {
  const { data } = useLoad<{ staff: StaffMember[] }>('/api/staff');
  const [to, setTo] = useState('');
  const [error, setError] = useState<ApiError>();
  if (finding.state === 'decided') return null;
  const give = (accountId: string) =>
    post<Answer>(`/api/findings/${finding.id}/assign`, { accountId }).then(
      (answer) => {
        setError(undefined);
        set(answer.finding);
        announce(t('assign.done', { name: answer.finding.assignedName ?? '' }));
      },
      (e: unknown) => setError(e instanceof ApiError ? e : new ApiError('server', 0)),
    );
  const me = account.value?.id ?? '';
  return (
    <section class="card" aria-labelledby="assign-title">
      <h2 id="assign-title">{t('assign.title')}</h2>
      <p>{finding.assignedTo ? t('finding.with', { name: finding.assignedName ?? finding.assignedTo }) : t('finding.unassigned')}</p>
      <div class="row">
        <Button onClick={() => void give(me)}>{t('assign.me')}</Button>
      </div>
      <Field label={t('assign.other')}>
        {(ties) => (
          <div class="row">
            <select {...ties} value={to} onChange={(e) => setTo(e.currentTarget.value)}>
              <option value="">{t('assign.choose')}</option>
              {data?.staff
                .filter((s) => s.accountId !== me && (s.role === 'clinician' || s.role === 'socialWorker'))
                .map((s) => (
                  <option key={s.accountId} value={s.accountId}>
                    {s.name}
                  </option>
                ))}
            </select>
            <Button onClick={() => to && void give(to)}>{t('assign.go')}</Button>
          </div>
        )}
      </Field>
      {error && <Problem error={error} />}
    </section>
  );
}
