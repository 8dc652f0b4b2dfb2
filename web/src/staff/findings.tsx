// The queue: what the software found, most pressing first. New ones come in by themselves.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t, tn, word } from '../i18n';
import type { FindingSummary } from '../lib/types';
import { announce } from '../ui/announce';
import { Empty, Loading, Problem, Tag, Title } from '../ui/parts';
import { useLoad } from '../ui/use';
import { Bar, clientName, Due, Priority, intervalText } from './bits';
import { likelihood } from '../lib/prob';

type Show = 'open' | 'decided';

export function Findings() {
  const [show, setShow] = useState<Show>('open');
  const { data, error, reload } = useLoad<{ findings: FindingSummary[] }>(
    `/api/findings?state=${show}`,
    (e) => e.type === 'finding' || e.type === 'finding-decided',
  );
  const seen = useRef<{ show: Show; ids: Set<string> } | undefined>(undefined);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!data) return;
    const ids = new Set(data.findings.map((f) => f.id));
    const before = seen.current;
    seen.current = { show, ids };
    if (before?.show !== show) return;
    const added = data.findings.filter((f) => !before.ids.has(f.id));
    if (added.length === 0 || show !== 'open') return;
    setFresh((old) => new Set([...old, ...added.map((f) => f.id)]));
    announce(
      added.length === 1
        ? t('findings.new', { claim: added[0]!.claim, name: clientName(added[0]!) })
        : tn('findings.newMany', added.length),
    );
  }, [data]);
  return (
    <div class="wide">
      <Title text={t('findings.title')} />
      <p class="hint">{t('findings.lead')}</p>
      <div class="segments" role="group" aria-label={t('findings.show')}>
        {(['open', 'decided'] as const).map((s) => (
          <button key={s} type="button" aria-pressed={show === s} onClick={() => setShow(s)}>
            {t(`findings.${s}`)}
          </button>
        ))}
      </div>
      {error && <Problem error={error} retry={() => void reload()} />}
      {!data && !error && <Loading />}
      {data?.findings.length === 0 && (
        <Empty title={t(show === 'open' ? 'findings.none' : 'findings.noneDecided')} />
      )}
      <FindingRows findings={data?.findings ?? []} fresh={fresh} />
    </div>
  );
}

// `bare`: on a client's own page, where their name need not be said again.
export function FindingRows({ findings, fresh, bare }: { findings: FindingSummary[]; fresh?: ReadonlySet<string>; bare?: boolean }) {
  return (
    <ul class="rows">
      {findings.map((f) => (
        <li
          key={f.id}
          class={`row-card edge-${f.state === 'decided' ? 'none' : f.priority} ${fresh?.has(f.id) ? 'row-fresh' : ''}`}
        >
          <div class="row-main">
            <p class="row-tags">
              <Priority value={f.priority} />
              <span class="row-kind">{word('kind', f.kind)}</span>
              {fresh?.has(f.id) && <Tag tone="good">{t('findings.fresh')}</Tag>}
            </p>
            <a class="row-link" href={`/findings/${f.id}`}>
              {bare ? f.claim : t('findings.link', { name: clientName(f), claim: f.claim })}
            </a>
            {f.kind === 'not-read' ? (
              <p class="row-why">{t('finding.notRead')}</p>
            ) : (
              <div class="row-prob">
                <Bar value={f} />
                <p>
                  {t(`prob.${likelihood(f.probability)}`)} · {intervalText(f)}
                </p>
              </div>
            )}
          </div>
          <div class="row-side">
            <Due finding={f} />
            <span class="hint">
              {f.assignedTo ? t('finding.with', { name: f.assignedName ?? f.assignedTo }) : t('finding.unassigned')}
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}
