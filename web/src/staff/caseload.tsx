import { lang, t, tn } from '../i18n';
import { moment } from '../lib/time';
import type { CaseloadEntry } from '../lib/types';
import { Empty, Loading, Problem, Tag, Title } from '../ui/parts';
import { useLoad, useNow } from '../ui/use';
import { Crisis, clientName } from './bits';

// Why this client stands where they stand, in words.
function reasons(c: CaseloadEntry, now: Date): string {
  const words: string[] = [];
  if (c.openFindings > 0) words.push(tn('caseload.open', c.openFindings));
  const unseen = c.lastMessage && (!c.lastReviewed || c.lastReviewed < c.lastMessage);
  if (unseen) words.push(t('caseload.newer'));
  if (words.length === 0) {
    words.push(
      c.lastReviewed
        ? t('caseload.reviewed', { when: moment(c.lastReviewed, now, lang.value) })
        : t('caseload.nothing'),
    );
  }
  return words.join(' · ');
}

export function Caseload() {
  const { data, error, reload } = useLoad<{ clients: CaseloadEntry[]; more: boolean }>(
    '/api/caseload',
    (e) => e.type === 'finding' || e.type === 'finding-decided' || e.type === 'message',
  );
  const now = useNow();
  return (
    <div class="wide">
      <Title text={t('caseload.title')} />
      <p class="hint">{t('caseload.lead')}</p>
      {error && <Problem error={error} retry={() => void reload()} />}
      {!data && !error && <Loading />}
      {data?.clients.length === 0 && <Empty title={t('caseload.none')} />}
      <ul class="rows">
        {data?.clients.map((c) => (
          <li key={c.personId} class={`row-card ${c.crisis ? 'edge-1' : c.openFindings ? 'edge-3' : ''}`}>
            <div class="row-main">
              <a class="row-link" href={`/clients/${c.personId}`}>
                {clientName(c)}
              </a>
              <p class="row-why">{reasons(c, now)}</p>
            </div>
            <div class="row-side">
              {c.crisis && <Crisis />}
              {c.demo && <Tag>{t('client.demo')}</Tag>}
              {c.lastMessage && (
                <span class="hint">
                  {t('caseload.lastMessage', { when: moment(c.lastMessage, now, lang.value) })}
                </span>
              )}
            </div>
          </li>
        ))}
      </ul>
      {data?.more && <p class="hint">{t('caseload.more')}</p>}
    </div>
  );
}
