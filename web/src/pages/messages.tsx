// A client's home: what was written, who has read it, and a place to write.
import { useLocation } from 'preact-iso';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { lang, t, tn } from '../i18n';
import { ApiError, get } from '../lib/api';
import { TEXT_LIMIT, checkText, type Waiting } from '../lib/outbox';
import { openHelp } from '../lib/help';
import { account, recoveryCode, store } from '../lib/session';
import type { Consents, Help, Message } from '../lib/types';
import { outboxKept, outboxState, queue, sent, waiting } from '../lib/wire';
import { announce } from '../ui/announce';
import { Bubble } from '../ui/bubble';
import { Button, Empty, Loading, Notice, Problem, Title, sentence } from '../ui/parts';
import { Glyph } from '../ui/strands';
import { useLive, useNow } from '../ui/use';
import { moment } from '../lib/time';

const PAGE = 30;

export interface Thread {
  messages: Message[];
  more: boolean;
  // While somebody is being called for this client.
  help?: Help | null;
}

// Newer answers win; order by time, then id, so that nothing jumps.
export function merge(old: readonly Message[], fresh: readonly Message[]): Message[] {
  const byId = new Map([...old, ...fresh].map((m) => [m.id, m]));
  return [...byId.values()].sort((a, b) =>
    a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1,
  );
}

function useThread() {
  const [thread, setThread] = useState<Thread>();
  const [error, setError] = useState<ApiError>();
  // Once for each visit: who put the panel away is not shown it again.
  const offered = useRef(false);
  const load = async (before?: Message) => {
    try {
      const query = before ? `&before=${encodeURIComponent(before.id)}` : '';
      const got = await get<Thread>(`/api/me/messages?limit=${PAGE}${query}`);
      setError(undefined);
      if (got.help && !offered.current) openHelp('offered', got.help);
      offered.current = true;
      setThread((old) => ({
        messages: merge(old?.messages ?? [], got.messages),
        more: before || !old ? got.more : old.more,
      }));
    } catch (problem) {
      setError(problem instanceof ApiError ? problem : new ApiError('server', 0));
    }
  };
  const add = (message: Message) =>
    setThread((old) => ({ messages: merge(old?.messages ?? [], [message]), more: old?.more ?? false }));
  useEffect(() => void load(), []);
  useLive((event) => {
    if (event.type === 'read' || event.type === 'message' || event.type === 'screened' || event.type === 'resync') {
      void load();
    }
    if (event.type === 'read') announce(t('messages.readBy.announce', { name: event.by }));
    if (event.type === 'message') announce(t('messages.new.announce'));
  });
  useEffect(
    () =>
      sent.listen(({ message }) => {
        add(message);
        announce(t('messages.sent.announce'));
      }),
    [],
  );
  return { thread, error, load };
}

export function Messages() {
  const { route } = useLocation();
  const { thread, error, load } = useThread();
  const consent = useConsent();
  const end = useRef<HTMLDivElement>(null);
  const count = (thread?.messages.length ?? 0) + waiting.value.length;
  const newest = thread?.messages.at(-1)?.id;

  useEffect(() => {
    // A new client keeps the code first, then decides.
    if (recoveryCode.value) route('/recovery-code', true);
    else if (consent === 'undecided') route('/consent', true);
  }, [consent]);
  useLayoutEffect(() => end.current?.scrollIntoView({ block: 'end' }), [newest, waiting.value.length]);

  return (
    <div class="messages">
      <Title text={t('messages.title')} />
      <p class="hint">{t('messages.who')}</p>
      {error && !thread && <Problem error={error} retry={() => void load()} />}
      {!error && !thread && <Loading />}
      {thread && count === 0 && (
        <Empty title={t('messages.empty.title')}>
          <p>{t('messages.empty.text')}</p>
        </Empty>
      )}
      {thread?.more && (
        <Button look="quiet" onClick={() => void load(thread.messages[0])}>
          {t('messages.earlier')}
        </Button>
      )}
      <ol class="thread" aria-label={t('messages.title')}>
        {thread?.messages.map((m) => (
          <li key={m.id} class={m.from === 'client' ? 'mine' : 'theirs'}>
            <Bubble message={m} author={m.from === 'client' ? t('messages.you') : m.author} />
          </li>
        ))}
        {waiting.value.map((w) => (
          <li key={w.id} class="mine">
            <WaitingBubble item={w} />
          </li>
        ))}
      </ol>
      <div ref={end} class="thread-end" />
      {consent === 'declined' ? <Declined /> : <Composer />}
    </div>
  );
}

// Whether messages may be used for care. Unknown (offline) lets the person write: the server checks.
type Allowed = 'unknown' | 'undecided' | 'granted' | 'declined';
function useConsent(): Allowed {
  const key = `consent.${account.value?.id}`;
  const kept = store.get(key);
  const [state, setState] = useState<Allowed>(kept === 'granted' ? 'granted' : 'unknown');
  useEffect(() => {
    get<Consents>('/api/me/consents').then(
      ({ items }) => {
        const item = items.find((i) => i.source === 'messages' && i.purpose === 'care');
        const decided = item?.since ? 'declined' : 'undecided';
        const next: Allowed = !item || item.granted ? 'granted' : decided;
        if (next === 'granted') store.set(key, next);
        else store.remove(key);
        setState(next);
      },
      () => undefined,
    );
  }, []);
  return state;
}

function Declined() {
  return (
    <Notice title={t('declined.title')}>
      <p>{t('declined.text')}</p>
      <p>
        <a href="/my-data">{t('declined.change')}</a>
      </p>
    </Notice>
  );
}

function WaitingBubble({ item }: { item: Waiting }) {
  const now = useNow();
  const state = outboxState.value;
  const drop = () => queue()?.take(item.id);
  return (
    <article class="bubble bubble-waiting">
      <p class="bubble-text" dir="auto">
        {item.text}
      </p>
      {item.refused === undefined ? (
        <p class="bubble-state">
          <Glyph state="apart" />
          <span>
            {state === 'sending' ? t('waiting.sending') : t('waiting.waiting')}
            {' · '}
            <time dateTime={item.time}>{moment(item.time, now, lang.value)}</time>
          </span>
        </p>
      ) : (
        <div class="bubble-refused" role="alert">
          <p>{item.refused ? sentence(item.refused) : t('waiting.refused')}</p>
          <Button
            onClick={() => {
              drop();
              editing.emit(item.text);
            }}
          >
            {t('waiting.edit')}
          </Button>
          <Button look="quiet" onClick={drop}>
            {t('waiting.drop')}
          </Button>
        </div>
      )}
    </article>
  );
}

const editing = {
  to: undefined as ((text: string) => void) | undefined,
  emit(text: string) {
    this.to?.(text);
  },
};

function Composer() {
  const key = `draft.${account.value?.id}`;
  const [text, setText] = useState(() => store.get(key) ?? '');
  const [wrong, setWrong] = useState<string>();
  const box = useRef<HTMLTextAreaElement>(null);
  const length = [...text].length;
  const change = (next: string) => {
    setText(next);
    setWrong(undefined);
    if (next === '') store.remove(key);
    else store.set(key, next);
  };
  editing.to = (back) => {
    change(text.trim() === '' ? back : `${text}\n\n${back}`);
    box.current?.focus();
  };
  const send = () => {
    const problem = checkText(text);
    if (problem) {
      setWrong(
        problem === 'empty'
          ? t('composer.empty')
          : tn('composer.tooLong', length - TEXT_LIMIT, { limit: number(TEXT_LIMIT) }),
      );
      box.current?.focus();
      return;
    }
    queue()?.add(text);
    change('');
    box.current?.focus();
  };
  return (
    <form
      class="composer"
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      <div class="field">
        <label for="composer-text">{t('composer.label')}</label>
        <textarea
          id="composer-text"
          ref={box}
          dir="auto"
          rows={2}
          value={text}
          aria-describedby="composer-hint composer-error"
          aria-invalid={wrong ? true : undefined}
          onInput={(e) => change(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
              e.preventDefault();
              send();
            }
          }}
        />
      </div>
      <div id="composer-error" class="field-error" role="alert">
        {wrong}
      </div>
      <div class="composer-row">
        <p class="hint" id="composer-hint">
          {length > TEXT_LIMIT * 0.9
            ? tn('composer.left', Math.max(0, TEXT_LIMIT - length))
            : outboxKept.value
              ? t('composer.hint')
              : t('composer.notKept')}
        </p>
        <Button look="main" type="submit">
          {t('composer.send')}
        </Button>
      </div>
    </form>
  );
}

function number(n: number): string {
  return new Intl.NumberFormat(lang.value).format(n);
}
