// Ties the live line and the outbox to the page.
import { effect, signal } from '@preact/signals';
import { ApiError, call, configure } from './api';
import { coming, forgetHelpState, openHelp, refreshHelp } from './help';
import { newId } from './ids';
import { Live } from './live';
import { Outbox, type OutboxState, type SendResult, type Waiting } from './outbox';
import { account, endSession, store } from './session';
import type { LiveEvent } from './types';
import { lang } from '../i18n';

export const connected = signal(true);
export const waiting = signal<Waiting[]>([]);
export const outboxState = signal<OutboxState>('idle');
export const outboxKept = signal(true);

type Listener<T> = (value: T) => void;
function channel<T>() {
  const listeners = new Set<Listener<T>>();
  return {
    emit: (value: T) => listeners.forEach((l) => l(value)),
    listen(l: Listener<T>) {
      listeners.add(l);
      return () => void listeners.delete(l);
    },
  };
}
export const live = channel<LiveEvent>();
export const sent = channel<SendResult>();

const later = (work: () => void, ms: number) => setTimeout(work, ms);
const cancel = (timer: unknown) => clearTimeout(timer as number | undefined);

const line = new Live({
  open: () => {
    const url = new URL('/api/live', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    return new WebSocket(url) as never;
  },
  later,
  cancel,
  random: Math.random,
  onEvent: (event) => {
    if (event.type === 'help') openHelp('offered');
    if (event.type === 'person-coming') {
      coming.value = event.by;
      openHelp('offered');
    }
    live.emit(event);
  },
  onState: (now) => {
    connected.value = now;
    if (now) void outbox?.flush();
  },
});

let outbox: Outbox | undefined;

export function queue(): Outbox | undefined {
  return outbox;
}

function openOutbox(id: string): Outbox {
  const locks = navigator.locks;
  const box = new Outbox({
    store,
    account: id,
    send: (messageId, text) =>
      call<SendResult>('POST', '/api/me/messages', { id: messageId, text }, { timeout: 60_000 }),
    newId: () => newId(),
    now: () => new Date(),
    later,
    cancel,
    exclusively: locks
      ? (work) => locks.request(`attune.outbox.${id}`, work).then(() => undefined)
      : undefined,
    onChange: () => {
      if (outbox !== box) return;
      waiting.value = box.items();
      outboxState.value = box.state;
      outboxKept.value = box.kept;
    },
    onSent: (result) => {
      sent.emit(result);
      if (result.help) openHelp('offered', result.help);
    },
  });
  return box;
}

export function wire(): void {
  configure({ onSignedOut: () => endSession(true), language: () => lang.value });
  // By id, so that the fuller account that follows the remembered one changes nothing.
  let current: string | undefined;
  effect(() => {
    const now = account.value;
    if (now?.id === current) return;
    current = now?.id;
    outbox?.close();
    outbox = undefined;
    line.stop();
    connected.value = true;
    forgetHelpState();
    waiting.value = [];
    outboxState.value = 'idle';
    if (!now) return;
    if (now.role === 'client') {
      outbox = openOutbox(now.id);
      waiting.value = outbox.items();
      void outbox.flush();
    }
    line.start();
  });
  const back = () => {
    line.nudge();
    void outbox?.flush();
  };
  addEventListener('online', back);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') back();
  });
  // Another tab wrote or sent something.
  addEventListener('storage', (event) => {
    if (event.key?.startsWith('attune.outbox.') && outbox) waiting.value = outbox.items();
    if (event.key === 'attune.who' && event.newValue === null && account.value) endSession(true);
  });
  void refreshHelp();
}

export { ApiError };
