// Help by a person: calm, in the way of nothing, one touch to call.
import { useEffect, useRef } from 'preact/hooks';
import { lang, t } from '../i18n';
import { askToBeCalled, callMe, closeHelp, coming, help, helpOpen, helpTurn } from '../lib/help';
import { isClient } from '../lib/session';
import { day } from '../lib/time';
import type { HelpLine } from '../lib/types';
import { announce } from './announce';
import { Button, Notice } from './parts';

const dial = (number: string) => number.replace(/[^\d+*#]/g, '');

// "Text HELLO to 12 345" as a link that opens a message with both filled in. Only the first sentence
// counts: what follows is for others ("In Spanish, text AYUDA to 988.").
export function textLink(how: string): string {
  const first = how.split('. ')[0]!;
  const number = /\+?\d[\d -]*\d/.exec(first)?.[0] ?? '';
  const say = /\b([A-Z]{2,})\b(?=.*\d)/.exec(first)?.[1];
  return `sms:${dial(number)}${say ? `?body=${say}` : ''}`;
}

export function HelpPanel() {
  const open = helpOpen.value;
  const turn = helpTurn.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!open) return;
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'nearest' });
    if (open === 'offered') {
      announce(
        coming.value ? t('help.coming', { name: coming.value }) : t('help.offered.announce'),
        'urgent',
      );
    }
  }, [open, turn]);
  return (
    <section id="help-panel" class="help" aria-labelledby="help-title" hidden={!open}>
      {open && (
        <>
          <h2 id="help-title" ref={heading} tabIndex={-1}>
            {t(open === 'offered' ? 'help.offered.title' : 'help.asked.title')}
          </h2>
          <p class="help-lead">{t(open === 'offered' ? 'help.offered.lead' : 'help.asked.lead')}</p>
          {coming.value && (
            <Notice tone="good" role="status">
              <p>{t('help.coming', { name: coming.value })}</p>
            </Notice>
          )}
          <Lines />
          {isClient.value && <CallMe />}
          <Button look="quiet" onClick={closeHelp}>
            {t('help.close')}
          </Button>
        </>
      )}
    </section>
  );
}

function Lines() {
  const now = help.value;
  if (!now) return <p class="help-emergency">{t('help.none')}</p>;
  return (
    <>
      <a class="call call-emergency" href={`tel:${dial(now.emergency.number)}`}>
        <span class="call-what">{now.emergency.label}</span>
        <span class="call-number">{t('help.call', { number: now.emergency.number })}</span>
      </a>
      {now.noLine && <p>{now.noLine}</p>}
      <ul class="lines">
        {now.lines.map((line) => (
          <Line key={line.name} line={line} />
        ))}
      </ul>
      <p class="hint">
        {now.country && t('help.country', { country: countryName(now.country) })}{' '}
        {now.stale && (now.staleNote ?? t('help.stale'))}
      </p>
    </>
  );
}

function countryName(code: string): string {
  try {
    return new Intl.DisplayNames([lang.value], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

function Line({ line }: { line: HelpLine }) {
  return (
    <li class="line">
      <p class="line-name">{line.name}</p>
      <p class="line-hours">{[line.forWhom, line.hours].filter(Boolean).join(' · ')}</p>
      <div class="line-ways">
        {line.phone && (
          <a class="call" href={`tel:${line.dial ?? dial(line.phone)}`}>
            {t('help.call', { number: line.phone })}
          </a>
        )}
        {line.text && (
          <a class="call" href={textLink(line.text)}>
            {line.text}
          </a>
        )}
        {line.url?.startsWith('https://') && (
          <a class="call" href={line.url} target="_blank" rel="noopener noreferrer">
            {t('help.web')}
          </a>
        )}
      </div>
      <p class="source">
        {t('help.source', { source: line.source, date: day(line.verifiedOn, lang.value) })}
      </p>
    </li>
  );
}

function CallMe() {
  const state = callMe.value;
  return (
    <div class="call-me" role="status">
      {state === 'asked' ? (
        <p>{t('help.callMe.asked')}</p>
      ) : (
        <Button look="main" busy={state === 'asking'} onClick={() => void askToBeCalled()}>
          {t('help.callMe')}
        </Button>
      )}
      {state === 'failed' && <p class="field-error">{t('help.callMe.failed')}</p>}
    </div>
  );
}
