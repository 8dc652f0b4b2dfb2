import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t, type Key } from '../i18n';
import { ApiError } from '../lib/api';
import { Bubble } from '../ui/bubble';
import { announce } from '../ui/announce';
import { openHelp } from '../lib/help';
import { Button, Choice, Empty, Field, Notice, Problem, Switch, Tag, Title } from '../ui/parts';
import { Drift, Glyph, Mark } from '../ui/strands';
import { Crisis, Priority, Probability } from '../staff/bits';
import { FindingRows } from '../staff/findings';
import { Charts } from '../staff/chart';
import type { FindingSummary, Message } from '../lib/types';

const COLOURS: [string, Key][] = [
  ['ground', 'design.colour.ground'],
  ['surface', 'design.colour.surface'],
  ['surface-sunk', 'design.colour.sunk'],
  ['ink', 'design.colour.ink'],
  ['ink-soft', 'design.colour.inkSoft'],
  ['line-strong', 'design.colour.line'],
  ['spruce', 'design.colour.spruce'],
  ['spruce-tint', 'design.colour.spruceTint'],
  ['apricot', 'design.colour.apricot'],
  ['apricot-tint', 'design.colour.apricotTint'],
  ['berry-fill', 'design.colour.berry'],
  ['berry-tint', 'design.colour.berryTint'],
  ['leaf', 'design.colour.leaf'],
  ['leaf-tint', 'design.colour.leafTint'],
  ['honey-2', 'design.colour.honey'],
  ['focus', 'design.colour.focus'],
];
const SIZES: [string, Key][] = [
  ['hero', 'design.type.hero'],
  ['h1', 'design.type.h1'],
  ['h2', 'design.type.h2'],
  ['lead', 'design.type.lead'],
  ['text', 'design.type.text'],
  ['small', 'design.type.small'],
];

function Part({ title, text, children }: { title: Key; text?: Key; children: ComponentChildren }) {
  const id = title.replaceAll('.', '-');
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{t(title)}</h2>
      {text && <p class="hint">{t(text)}</p>}
      {children}
    </section>
  );
}

const HOUR = 3_600_000;
const at = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

const message = (change: Partial<Message>): Message => ({
  id: 'sample',
  text: t('design.sample.message'),
  time: at(-2),
  from: 'client',
  readBy: [],
  state: 'stored',
  ...change,
});

const finding = (change: Partial<FindingSummary>): FindingSummary => ({
  id: 'sample',
  personId: 'sample',
  name: t('design.sample.name'),
  kind: 'distress',
  claim: t('design.sample.claim'),
  probability: 0.72,
  low: 0.55,
  high: 0.84,
  priority: 3,
  state: 'open',
  createdAt: at(-1),
  dueAt: at(5),
  overdue: false,
  version: 1,
  ...change,
});

export function Design() {
  return (
    <div class="wide design">
      <Title text={t('design.title')} />
      <p class="lead">{t('design.lead')}</p>
      <Drift />
      <Part title="design.strands" text="design.strands.text">
        <div class="row design-strands">
          <Mark />
          <span class="row">
            <Glyph state="apart" /> {t('design.strands.apart')}
          </span>
          <span class="row">
            <Glyph state="near" /> {t('design.strands.near')}
          </span>
          <span class="row">
            <Glyph state="together" /> {t('design.strands.together')}
          </span>
        </div>
      </Part>
      <Part title="design.colour" text="design.colour.text">
        <ul class="swatches">
          {COLOURS.map(([name, use]) => (
            <li key={name}>
              <span class="swatch" style={{ background: `var(--${name})` }} />
              <span>
                <code>{`--${name}`}</code>
                <span class="hint">{t(use)}</span>
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title="design.type" text="design.type.text">
        {SIZES.map(([name, words]) => (
          <p
            key={name}
            class={name.startsWith('h') ? 'design-title' : undefined}
            style={{ fontSize: `var(--size-${name})` }}
          >
            {t(words)}
          </p>
        ))}
        <p class="code">
          <span>{t('design.sample.code')}</span>
        </p>
      </Part>
      <Part title="design.space" text="design.space.text">
        <ul class="spaces">
          {[1, 2, 3, 4, 5, 6, 7, 8].map((n) => (
            <li key={n}>
              <code>{`--space-${n}`}</code>
              <span class="space" style={{ width: `var(--space-${n})` }} />
            </li>
          ))}
        </ul>
      </Part>
      <Motion />
      <Part title="design.buttons">
        <div class="row">
          <Button look="main">{t('design.button.main')}</Button>
          <Button>{t('design.button.plain')}</Button>
          <Button look="quiet">{t('design.button.quiet')}</Button>
          <Button look="main" busy>
            {t('design.button.busy')}
          </Button>
          <Button look="help" onClick={() => openHelp('asked')}>
            {t('help.button')}
          </Button>
        </div>
        <div class="row">
          <a class="call" href="#main">
            {t('help.call', { number: t('design.sample.number') })}
          </a>
          <Button onClick={() => openHelp('offered')}>{t('design.help.offered')}</Button>
        </div>
      </Part>
      <Inputs />
      <Part title="design.notices">
        <Notice title={t('design.notice.calm')}>
          <p>{t('design.sample.text')}</p>
        </Notice>
        <Notice tone="good" title={t('design.notice.good')}>
          <p>{t('design.sample.text')}</p>
        </Notice>
        <Notice tone="warm" title={t('design.notice.warm')}>
          <p>{t('design.sample.text')}</p>
        </Notice>
        <Notice tone="alert" title={t('design.notice.alert')}>
          <p>{t('design.sample.text')}</p>
        </Notice>
        <Problem error={new ApiError('offline', 0)} retry={() => announce(t('problem.retry'))} />
        <p class="row">
          <Tag>{t('design.tag.calm')}</Tag>
          <Tag tone="good">{t('design.tag.good')}</Tag>
          <Tag tone="warm">{t('design.tag.warm')}</Tag>
          <Tag tone="alert">{t('design.tag.alert')}</Tag>
          <Crisis />
          {[1, 2, 3, 4].map((n) => (
            <Priority key={n} value={n} />
          ))}
        </p>
        <Empty title={t('design.empty')} />
      </Part>
      <Part title="design.messages">
        <ol class="thread">
          <li class="mine">
            <Bubble message={message({})} author={t('messages.you')} />
          </li>
          <li class="mine">
            <Bubble
              message={message({ state: 'not-read', notRead: 'no-words' })}
              author={t('messages.you')}
            />
          </li>
          <li class="theirs">
            <Bubble message={message({ from: 'staff' })} author={t('design.sample.staff')} />
          </li>
          <li class="mine">
            <Bubble
              message={message({ readBy: [{ name: t('design.sample.staff'), role: '', time: at(-1) }] })}
              author={t('messages.you')}
            />
          </li>
        </ol>
      </Part>
      <Part title="design.findings" text="design.findings.text">
        <FindingRows
          findings={[
            finding({ id: 'a', kind: 'possible-crisis', priority: 1, dueAt: at(-1), overdue: true }),
            finding({ id: 'b', priority: 2, low: 0.2, high: 0.95, assignedTo: t('design.sample.staff') }),
            finding({ id: 'c', kind: 'not-read', priority: 4 }),
          ]}
        />
        <h3>{t('finding.howLikely')}</h3>
        <Probability value={{ probability: 0.72, low: 0.55, high: 0.84 }} baseRate={0.06} />
        <blockquote class="message-text">
          {t('design.mark.0')} <mark class="mark-1">{t('design.mark.1')}</mark>{' '}
          <mark class="mark-2">{t('design.mark.2')}</mark>{' '}
          <mark class="mark-3">{t('design.mark.3')}</mark>
        </blockquote>
        <Charts
          observations={[14, 15, 12, 9, 10].map((value, i) => ({
            time: at((i - 5) * 24 * 14),
            code: '44261-6',
            label: t('design.sample.measure'),
            value,
          }))}
        />
      </Part>
    </div>
  );
}

function Motion() {
  const [moved, setMoved] = useState(false);
  return (
    <Part title="design.motion" text="design.motion.text">
      <Button onClick={() => setMoved(!moved)}>{t('design.motion.show')}</Button>
      <div class={`motion ${moved ? 'motion-moved' : ''}`} aria-hidden="true">
        <span class="motion-quick" />
        <span class="motion-calm" />
      </div>
    </Part>
  );
}

function Inputs() {
  const [on, setOn] = useState(true);
  const [choice, setChoice] = useState<'a' | 'b'>('a');
  return (
    <Part title="design.inputs">
      <Field label={t('design.field.label')} hint={t('design.field.hint')}>
        {(ties) => <input {...ties} />}
      </Field>
      <Field label={t('design.field.wrong')} error={t('design.field.error')}>
        {(ties) => <textarea {...ties} rows={2} />}
      </Field>
      <Switch
        label={t('design.switch.on')}
        detail={<p>{t('design.sample.text')}</p>}
        on={on}
        onChange={setOn}
      />
      <Switch label={t('design.switch.off')} on={false} onChange={() => undefined} />
      <Choice
        legend={t('design.choice')}
        name="sample"
        value={choice}
        options={[
          { value: 'a', label: t('design.choice.a'), hint: t('design.sample.text') },
          { value: 'b', label: t('design.choice.b') },
        ]}
        onChange={setChoice}
      />
    </Part>
  );
}
