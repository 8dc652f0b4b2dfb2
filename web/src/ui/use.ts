// Small hooks the pages share.
import { useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { ApiError, get } from '../lib/api';
import { live } from '../lib/wire';
import { serverNow } from '../lib/time';
import type { LiveEvent } from '../lib/types';

export interface Loaded<T> {
  data: T | undefined;
  error: ApiError | undefined;
  reload: () => Promise<void>;
  set: (data: T) => void;
}

// Loads `path`, and again when a live event that `when` accepts arrives. Old data stay in sight while
// new ones load.
export function useLoad<T>(path: string, when?: (event: LiveEvent) => boolean): Loaded<T> {
  const [state, setState] = useState<{ path: string; data?: T; error?: ApiError }>({ path });
  const turn = useRef(0);
  const reload = async () => {
    const mine = ++turn.current;
    try {
      const data = await get<T>(path);
      if (mine === turn.current) setState({ path, data });
    } catch (error) {
      if (mine !== turn.current) return;
      const problem = error instanceof ApiError ? error : new ApiError('server', 0);
      setState((old) => ({ path, data: old.path === path ? old.data : undefined, error: problem }));
    }
  };
  useEffect(() => {
    void reload();
    return () => void turn.current++;
  }, [path]);
  useLive((event) => {
    if (event.type === 'resync' || when?.(event)) void reload();
  });
  const current = state.path === path ? state : { path };
  return {
    data: current.data,
    error: current.error,
    reload,
    set: (data) => {
      turn.current++;
      setState({ path, data });
    },
  };
}

export function useLive(react: (event: LiveEvent) => void): void {
  const latest = useRef(react);
  latest.current = react;
  useEffect(() => live.listen((event) => latest.current(event)), []);
}

const minute = signal(0);
if (typeof window !== 'undefined') setInterval(() => minute.value++, 30_000);
// The time now, by the server's clock; what shows it is drawn again every half minute.
export function useNow(): Date {
  void minute.value;
  return serverNow();
}
