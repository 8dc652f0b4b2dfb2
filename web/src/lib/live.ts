// The live line: a WebSocket that comes back by itself. While it is down, `resync` is given at a
// steady pace instead, so that the page asks for what it shows.
import type { LiveEvent } from './types';

export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  close(): void;
}

export interface LiveDeps {
  open: () => SocketLike;
  later: (work: () => void, ms: number) => unknown;
  cancel: (timer: unknown) => void;
  random: () => number;
  onEvent: (event: LiveEvent) => void;
  onState: (connected: boolean) => void;
}

const FIRST = 1_000;
const LONGEST = 30_000;
const POLL = 15_000;

// Between half and all of an exponential step, so that a thousand pages don't come back as one.
export function backOff(attempt: number, random: number): number {
  return Math.min(FIRST * 2 ** attempt, LONGEST) * (0.5 + random / 2);
}

export class Live {
  private socket: SocketLike | undefined;
  private attempt = 0;
  private retry: unknown;
  private poll: unknown;
  private everOpen = false;
  private stopped = true;

  constructor(private readonly deps: LiveDeps) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.everOpen = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.deps.cancel(this.retry);
    this.deps.cancel(this.poll);
    this.drop();
  }

  // Something says that the network is back: try at once.
  nudge(): void {
    if (this.stopped || this.socket) return;
    this.deps.cancel(this.retry);
    this.connect();
  }

  private connect(): void {
    let socket: SocketLike;
    try {
      socket = this.deps.open();
    } catch {
      return this.lost();
    }
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.attempt = 0;
      this.deps.cancel(this.poll);
      this.deps.onState(true);
      // What happened while away was told to nobody.
      if (this.everOpen) this.deps.onEvent({ type: 'resync' });
      this.everOpen = true;
    };
    socket.onmessage = ({ data }) => {
      let event: LiveEvent;
      try {
        event = JSON.parse(String(data)) as LiveEvent;
      } catch {
        return;
      }
      if (event && typeof event.type === 'string') this.deps.onEvent(event);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      // A line that never opened must still be followed by a resync when it does.
      if (!opened) this.everOpen = true;
      this.lost();
    };
  }

  private lost(): void {
    if (this.stopped) return;
    this.deps.onState(false);
    this.deps.cancel(this.poll);
    this.poll = this.deps.later(() => this.ask(), POLL);
    this.retry = this.deps.later(() => this.connect(), backOff(this.attempt++, this.deps.random()));
  }

  private ask(): void {
    this.deps.onEvent({ type: 'resync' });
    this.poll = this.deps.later(() => this.ask(), POLL);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }
}
