// The models in use: what each does and what it cannot tell.
import { t } from '../i18n';
import type { ModelCard } from '../lib/types';
import { Empty, Loading, Problem, Title } from '../ui/parts';
import { useLoad } from '../ui/use';

export function Models() {
  const { data, error, reload } = useLoad<{ models: ModelCard[] }>('/api/models');
  return (
    <div class="wide">
      <Title text={t('models.title')} />
      <p class="hint">{t('models.lead')}</p>
      {error && <Problem error={error} retry={() => void reload()} />}
      {!data && !error && <Loading />}
      {data?.models.length === 0 && <Empty title={t('models.none')} />}
      {data?.models.map((m) => (
        <section class="card" key={m.name} aria-label={m.name}>
          <h2>
            {m.name} <span class="hint">{t('models.version', { version: m.version })}</span>
          </h2>
          <p>{m.what}</p>
          <h3>{t('finding.limits')}</h3>
          <ul class="plain-list">
            {m.cannotTell.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          {m.card && (
            <details>
              <summary>{t('models.card')}</summary>
              <Card text={m.card} />
            </details>
          )}
        </section>
      ))}
    </div>
  );
}

// The card's Markdown, read simply: headings, lists, tables as they stand, paragraphs.
function Card({ text }: { text: string }) {
  return (
    <div class="model-card">
      {text
        .split(/\n\s*\n/)
        .filter((block) => block.trim() !== '')
        .map((block, i) => {
          const lines = block.trim().split('\n');
          const heading = /^#+\s+(.*)$/.exec(lines[0]!);
          if (heading) {
            const rest = lines.slice(1).join(' ');
            return (
              <div key={i}>
                <h3>{heading[1]}</h3>
                {rest && <p>{rest}</p>}
              </div>
            );
          }
          if (lines.every((l) => /^(?:[-*]\s|\s{2,})/.test(l))) {
            const items = block.trim().split(/\n(?=[-*]\s)/);
            return (
              <ul key={i} class="plain-list">
                {items.map((item) => (
                  <li key={item}>{item.replace(/^[-*]\s+/, '').replace(/\s*\n\s*/g, ' ')}</li>
                ))}
              </ul>
            );
          }
          if (lines[0]!.startsWith('|') || lines[0]!.startsWith('```')) {
            return (
              <pre key={i} tabIndex={0}>
                {lines.filter((l) => !l.startsWith('```')).join('\n')}
              </pre>
            );
          }
          return <p key={i}>{lines.join(' ')}</p>;
        })}
    </div>
  );
}
