// If these fail, a clinician may look at an old list and not know that it is old.
import { beforeEach, describe, expect, it } from 'vitest';
import { Live, backOff, type SocketLike } from '../../src/lib/live';
import type { LiveEvent } from '../../src/lib/types';

interface Timer {
  work: () => void;
  ms: number;
  off: boolean;
}

let sockets: SocketLike[];
let timers: Timer[];
let events: LiveEvent[];
let states: boolean[];
let live: Live;

beforeEach(() => {
  sockets = [];
  timers = [];
  events = [];
  states = [];
  live = new Live({
    open: () => {
      const socket: SocketLike = { onopen: null, onmessage: null, onclose: null, close: () => undefined };
      sockets.push(socket);
      return socket;
    },
    later: (work, ms) => {
      const timer = { work, ms, off: false };
      timers.push(timer);
      return timer;
    },
    cancel: (timer) => {
      if (timer) (timer as Timer).off = true;
    },
    random: () => 1,
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
  });
});

const due = (ms: number) => timers.filter((timer) => !timer.off && timer.ms === ms);

describe('the live line', () => {
  it('gives what the server says, and passes over what is no event', () => {
    live.start();
    sockets[0]!.onopen!();
    sockets[0]!.onmessage!({ data: '{"type":"finding-decided","id":"x"}' });
    sockets[0]!.onmessage!({ data: 'not json' });
    sockets[0]!.onmessage!({ data: 'null' });
    expect(events).toEqual([{ type: 'finding-decided', id: 'x' }]);
    expect(states).toEqual([true]);
  });

  // What happened while the line was down was told to nobody: the page has to ask.
  it('comes back after a loss, says so, and asks for everything again', () => {
    live.start();
    sockets[0]!.onopen!();
    sockets[0]!.onclose!();
    expect(states).toEqual([true, false]);
    due(1000)[0]!.work();
    sockets[1]!.onopen!();
    expect(states).toEqual([true, false, true]);
    expect(events).toEqual([{ type: 'resync' }]);
    expect(due(15_000)).toHaveLength(0);
  });

  // With the line down the page still gets news, only later.
  it('polls while it is down', () => {
    live.start();
    sockets[0]!.onclose!();
    due(15_000)[0]!.work();
    expect(events).toEqual([{ type: 'resync' }]);
    expect(due(15_000).length).toBeGreaterThan(0);
  });

  it('tries at once when told that the network is back, but not twice', () => {
    live.start();
    live.nudge();
    expect(sockets).toHaveLength(1);
    sockets[0]!.onclose!();
    live.nudge();
    live.nudge();
    expect(sockets).toHaveLength(2);
  });

  // After signing out nothing may come back to life.
  it('stays silent when stopped', () => {
    live.start();
    sockets[0]!.onopen!();
    live.stop();
    sockets[0]!.onclose!();
    live.nudge();
    expect(sockets).toHaveLength(1);
    expect(states).toEqual([true]);
  });
});

describe('backOff', () => {
  // A clinic that comes back must not be met by all pages in the same second.
  it('grows, is spread, and has a limit', () => {
    expect([0, 1, 2, 3].map((n) => backOff(n, 1))).toEqual([1000, 2000, 4000, 8000]);
    expect(backOff(3, 0)).toBe(4000);
    expect(backOff(50, 1)).toBe(30_000);
  });
});
