// The device's own small memory. A browser that forbids it (private windows, full disk) must not
// stop anybody from writing: then things are kept only while the page is open.
export interface Store {
  get(key: string): string | null;
  // False when it could not be kept beyond this page.
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(): string[];
}

export function memoryStore(): Store {
  const held = new Map<string, string>();
  return {
    get: (key) => held.get(key) ?? null,
    set: (key, value) => (held.set(key, value), true),
    remove: (key) => void held.delete(key),
    keys: () => [...held.keys()],
  };
}

const PREFIX = 'attune.';

export function deviceStore(storage: () => Storage = () => localStorage): Store {
  const fallback = memoryStore();
  const attempt = <T>(work: (s: Storage) => T, otherwise: T): T => {
    try {
      return work(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => fallback.get(key) ?? attempt((s) => s.getItem(PREFIX + key), null),
    set(key, value) {
      const kept = attempt((s) => (s.setItem(PREFIX + key, value), true), false);
      if (kept) fallback.remove(key);
      else fallback.set(key, value);
      return kept;
    },
    remove(key) {
      fallback.remove(key);
      attempt((s) => s.removeItem(PREFIX + key), undefined);
    },
    keys: () => [
      ...new Set([
        ...fallback.keys(),
        ...attempt(
          (s) =>
            Object.keys(s)
              .filter((k) => k.startsWith(PREFIX))
              .map((k) => k.slice(PREFIX.length)),
          [],
        ),
      ]),
    ],
  };
}

export function readJson<T>(store: Store, key: string, otherwise: T): T {
  try {
    return (JSON.parse(store.get(key) ?? 'null') as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}
