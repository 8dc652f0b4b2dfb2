// One message and what became of it.
import { lang, t, word } from '../i18n';
import { moment } from '../lib/time';
import type { Message } from '../lib/types';
import { Glyph } from './strands';
import { useNow } from './use';

export function Bubble({ message, author }: { message: Message; author?: string }) {
  const now = useNow();
  return (
    <article class="bubble">
      <p class="bubble-head">
        <span class="bubble-author">{author}</span>
        <time dateTime={message.time}>{moment(message.time, now, lang.value)}</time>
      </p>
      <p class="bubble-text" dir="auto">
        {message.text}
      </p>
      {message.from === 'client' && <State message={message} now={now} />}
    </article>
  );
}

function State({ message, now }: { message: Message; now: Date }) {
  const readers = message.readBy;
  return (
    <div class="bubble-state">
      <Glyph state={readers.length > 0 ? 'together' : 'near'} />
      <div>
        {readers.length === 0 && <p>{t('message.notYet')}</p>}
        {readers.map((r) => (
          <p key={r.name + r.time}>
            {t('message.readBy', { name: r.name, time: moment(r.time, now, lang.value) })}
          </p>
        ))}
        {message.state === 'not-read' && (
          <p>
            {t('message.notRead')}
            {message.notRead && ` ${word('notRead', message.notRead)}`}
          </p>
        )}
      </div>
    </div>
  );
}
