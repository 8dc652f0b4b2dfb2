// What a client wrote and the server does not have yet. Kept on the device, per account, in the
// order it was written, each under the id it will keep: sending one twice does no harm.
import { ApiError } from './api';
import { readJson, type Store } from './store';
import type { Help, Message } from './types';

export const TEXT_LIMIT = 20_000;

export interface Waiting {
  id: string;
  text: string;
  time: string;
  // Set when the server refused it for good: why, in its words. It waits for the person to decide.
  refused?: string;
}

export type OutboxState = 'idle' | 'sending' | 'waiting' | 'signed-out';
export type SendResult = { message: Message; help: Help | null };

export interface OutboxDeps {
  store: Store;
  account: string;
  send: (id: string, text: string) => Promise<SendResult>;
  newId: () => string;
  now: () => Date;
  later: (work: () => void, ms: number) => unknown;
  cancel: (timer: unknown) => void;
  // One sender at a time across the tabs of a browser.
  exclusively?: (work: () => Promise<void>) => Promise<void>;
  onChange: () => void;
  onSent: (result: SendResult) => void;
}

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

export class Outbox {
  state: OutboxState = 'idle';
  // False when the browser would not keep it: it is gone if the page is closed.
  kept = true;
  private readonly key: string;
  private wait = FIRST_WAIT;
  private timer: unknown;
  private flight: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly deps: OutboxDeps) {
    this.key = `outbox.${deps.account}`;
  }

  items(): Waiting[] {
    const held = readJson<Waiting[]>(this.deps.store, this.key, []);
    return Array.isArray(held) ? held : [];
  }

  add(text: string): string {
    const id = this.deps.newId();
    this.write([...this.items(), { id, text, time: this.deps.now().toISOString() }]);
    void this.flush();
    return id;
  }

  // Takes one out, as when the person wants to change or drop it.
  take(id: string): Waiting | undefined {
    const items = this.items();
    const found = items.find((w) => w.id === id);
    if (found) this.write(items.filter((w) => w.id !== id));
    return found;
  }

  // Sends what waits, oldest first. Callers may call it as often as they like.
  flush(): Promise<void> {
    this.deps.cancel(this.timer);
    this.flight ??= (this.deps.exclusively ?? ((work) => work()))(() => this.sendAll()).finally(() => {
      this.flight = undefined;
    });
    return this.flight;
  }

  close(): void {
    this.closed = true;
    this.deps.cancel(this.timer);
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      const next = this.items().find((w) => w.refused === undefined);
      if (!next || this.closed) return this.become('idle');
      this.become('sending');
      try {
        const result = await this.deps.send(next.id, next.text);
        this.wait = FIRST_WAIT;
        this.write(this.items().filter((w) => w.id !== next.id));
        this.deps.onSent(result);
      } catch (error) {
        const kind = error instanceof ApiError ? error.kind : 'server';
        if (kind === 'signed-out') return this.become('signed-out');
        if (kind === 'refused' || kind === 'conflict') {
          const why = (error as ApiError).detail;
          this.write(this.items().map((w) => (w.id === next.id ? { ...w, refused: why } : w)));
          continue;
        }
        const asked = error instanceof ApiError ? error.retryAfter * 1000 : 0;
        this.timer = this.deps.later(() => void this.flush(), Math.max(this.wait, asked));
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
        return this.become('waiting');
      }
    }
  }

  private write(items: Waiting[]): void {
    if (items.length === 0) this.deps.store.remove(this.key);
    else this.kept = this.deps.store.set(this.key, JSON.stringify(items));
    this.deps.onChange();
  }

  private become(state: OutboxState): void {
    this.state = state;
    this.deps.onChange();
  }
}

// What is wrong with a text before it is sent; the server checks again.
export function checkText(text: string): 'empty' | 'too-long' | undefined {
  if (text.trim() === '') return 'empty';
  return [...text].length > TEXT_LIMIT ? 'too-long' : undefined;
}

// Removes everything of other accounts: a device that changed hands shows nothing of whoever had it.
export function forgetOthers(store: Store, account: string | undefined): void {
  for (const key of store.keys()) {
    const owner = /^(?:outbox|draft|consent)\.(.*)$/.exec(key);
    if (owner && owner[1] !== account) store.remove(key);
  }
}
