// If these fail, what somebody wrote may be lost, sent twice, or shown to whoever has the device next.
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/lib/api';
import { newId } from '../../src/lib/ids';
import { Outbox, TEXT_LIMIT, checkText, forgetOthers, type SendResult } from '../../src/lib/outbox';
import { deviceStore, memoryStore, type Store } from '../../src/lib/store';

class Server {
  got: { id: string; text: string }[] = [];
  // What the next calls meet, in order; after that all goes well.
  meets: (ApiError | 'lost-answer')[] = [];
  send = async (id: string, text: string): Promise<SendResult> => {
    const met = this.meets.shift();
    if (met instanceof ApiError) throw met;
    if (!this.got.some((m) => m.id === id)) this.got.push({ id, text });
    if (met === 'lost-answer') throw new ApiError('offline', 0);
    const message = { id, text, time: '', from: 'client' as const, readBy: [], state: 'stored' as const };
    return { message, help: null };
  };
}

let store: Store;
let server: Server;
let timers: { work: () => void; ms: number }[];
let sent: SendResult[];
let count: number;

function outbox(account = 'a'): Outbox {
  return new Outbox({
    store,
    account,
    send: (id, text) => server.send(id, text),
    newId: () => `id-${++count}`,
    now: () => new Date('2026-11-21T12:00:00Z'),
    later: (work, ms) => {
      timers.push({ work, ms });
      return timers.length;
    },
    cancel: () => undefined,
    onChange: () => undefined,
    onSent: (result) => sent.push(result),
  });
}

beforeEach(() => {
  store = memoryStore();
  server = new Server();
  timers = [];
  sent = [];
  count = 0;
});

const offline = () => new ApiError('offline', 0);

describe('sending', () => {
  // A message that was sent must not stay on the device.
  it('sends and then holds nothing', async () => {
    const box = outbox();
    box.add('hello');
    await box.flush();
    expect(server.got).toEqual([{ id: 'id-1', text: 'hello' }]);
    expect(box.items()).toEqual([]);
    expect(store.keys()).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  // A page that was closed while offline must still send what was written.
  it('keeps what is written offline for the next page, and sends it in order', async () => {
    server.meets = [offline(), offline()];
    const first = outbox();
    first.add('one');
    await first.flush();
    first.add('two');
    await first.flush();
    expect(first.state).toBe('waiting');
    first.close();
    const next = outbox();
    expect(next.items().map((w) => w.text)).toEqual(['one', 'two']);
    await next.flush();
    expect(server.got.map((m) => m.text)).toEqual(['one', 'two']);
  });

  // When the answer gets lost the text is sent again: under the same id, so that it is there once.
  it('sends again under the same id when the answer was lost', async () => {
    server.meets = ['lost-answer'];
    const box = outbox();
    box.add('once');
    await box.flush();
    expect(box.items()).toHaveLength(1);
    await box.flush();
    expect(server.got).toEqual([{ id: 'id-1', text: 'once' }]);
    expect(box.items()).toEqual([]);
  });

  // Two flushes at the same moment must not send the same text in two requests.
  it('has one sender at a time', async () => {
    let calls = 0;
    const plain = server.send;
    server.send = async (id, text) => {
      calls++;
      await Promise.resolve();
      return plain(id, text);
    };
    const box = outbox();
    box.add('x');
    await Promise.all([box.flush(), box.flush(), box.flush()]);
    expect(calls).toBe(1);
  });

  // Waiting times grow, so that a clinic that comes back is not run over; and they have a limit.
  it('waits longer after each failure, never over a minute, and as long as the server asks', async () => {
    const box = outbox();
    server.meets = Array.from({ length: 8 }, offline);
    box.add('x');
    await box.flush();
    for (let i = 1; i < 8; i++) await box.flush();
    const waits = timers.map((timer) => timer.ms);
    expect(waits.slice(0, 3)).toEqual([2000, 4000, 8000]);
    expect(Math.max(...waits)).toBe(60_000);
    server.meets = [new ApiError('busy', 429, '', 120)];
    await box.flush();
    expect(timers.at(-1)!.ms).toBe(120_000);
  });

  // A session that ended must cost nobody their words.
  it('keeps the text on 401 and sends it after signing in again', async () => {
    server.meets = [new ApiError('signed-out', 401)];
    const box = outbox();
    box.add('still here');
    await box.flush();
    expect(box.state).toBe('signed-out');
    expect(timers).toHaveLength(0);
    const again = outbox();
    await again.flush();
    expect(server.got.map((m) => m.text)).toEqual(['still here']);
  });

  // One text that is refused must not hold up those behind it, and must not vanish.
  it('keeps a refused text with the reason and goes on', async () => {
    server.meets = [new ApiError('refused', 422, 'Too long.')];
    const box = outbox();
    box.add('bad');
    box.add('good');
    await box.flush();
    await box.flush();
    expect(server.got.map((m) => m.text)).toEqual(['good']);
    expect(box.items().map((w) => [w.text, w.refused])).toEqual([['bad', 'Too long.']]);
    expect(box.take('id-1')?.text).toBe('bad');
    expect(box.items()).toEqual([]);
  });
});

describe('the device', () => {
  // A signed-out device, or one that changed hands, must hold nothing of whoever had it.
  it('forgets what belongs to other accounts', () => {
    store.set('outbox.a', '[]');
    store.set('draft.a', 'secret');
    store.set('draft.b', 'mine');
    store.set('help', '{}');
    forgetOthers(store, 'b');
    expect(store.keys().sort()).toEqual(['draft.b', 'help']);
    forgetOthers(store, undefined);
    expect(store.keys()).toEqual(['help']);
  });

  // A full or forbidden storage must not stop anybody from writing; the page says that it can't keep it.
  it('goes on in memory when the browser refuses to keep things', async () => {
    store = deviceStore(() => {
      throw new Error('forbidden');
    });
    server.meets = [offline()];
    const box = outbox();
    box.add('held');
    await box.flush();
    expect(box.kept).toBe(false);
    expect(box.items()).toHaveLength(1);
    await box.flush();
    expect(server.got).toHaveLength(1);
  });

  // Damaged storage must not break the page for somebody who wants to write.
  it('starts empty when what was kept cannot be read', () => {
    store.set('outbox.a', '{not json');
    expect(outbox().items()).toEqual([]);
  });
});

describe('checkText', () => {
  // Somebody should hear kindly, before sending, that a text is empty or too long; emoji count as one.
  it('finds empty and over-long texts', () => {
    expect(checkText(' \n\t')).toBe('empty');
    expect(checkText('x'.repeat(TEXT_LIMIT))).toBeUndefined();
    expect(checkText('x'.repeat(TEXT_LIMIT + 1))).toBe('too-long');
    expect(checkText('🌊'.repeat(TEXT_LIMIT))).toBeUndefined();
    expect(checkText('🌊')).toBeUndefined();
  });
});

describe('newId', () => {
  // The server turns away an id of another form, and the message with it.
  it('is 26 characters of the server’s base 32 and uses every bit', () => {
    for (let i = 0; i < 100; i++) expect(newId()).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
    expect(newId((b) => b.fill(0))).toBe('0'.repeat(26));
    expect(newId((b) => b.fill(255))).toBe('z'.repeat(25) + 'w');
  });
});
