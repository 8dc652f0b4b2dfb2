// Calls to the server. Every failure is one ApiError; what a person is told about it is decided in
// ui/problem.tsx.
export type Failure = 'offline' | 'signed-out' | 'refused' | 'conflict' | 'busy' | 'server';

export class ApiError extends Error {
  constructor(
    readonly kind: Failure,
    readonly status: number,
    readonly detail = '',
    readonly retryAfter = 0,
  ) {
    super(`${kind} ${status}`);
  }
}

export function failureOf(status: number): Failure {
  if (status === 401) return 'signed-out';
  if (status === 409) return 'conflict';
  if (status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'server' : 'refused';
}

let onSignedOut: () => void = () => {};
let language: () => string = () => 'en';

export function configure(hooks: { onSignedOut: () => void; language: () => string }): void {
  onSignedOut = hooks.onSignedOut;
  language = hooks.language;
}

// A page that refreshes itself must not keep a session alive that nobody is using: the server is told
// when nobody has touched the page for a minute.
const UNTOUCHED_MS = 60_000;
let touchedAt = Date.now();
if (typeof addEventListener === 'function') {
  for (const kind of ['pointerdown', 'keydown']) {
    addEventListener(kind, () => (touchedAt = Date.now()), { capture: true, passive: true });
  }
}

export interface CallOptions {
  // A 401 is an answer about what was typed, not about the session.
  signingIn?: boolean;
  timeout?: number;
}

export async function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language() };
  if (method !== 'GET') headers['X-Attune'] = '1';
  if (Date.now() - touchedAt > UNTOUCHED_MS) headers['X-Attune-Background'] = '1';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), options.timeout ?? 20_000);
  let answer: Response;
  let text: string;
  try {
    const init: RequestInit = {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: stop.signal,
    };
    if (body !== undefined) init.body = JSON.stringify(body);
    answer = await fetch(path, init);
    text = await answer.text();
  } catch {
    throw new ApiError('offline', 0);
  } finally {
    clearTimeout(timer);
  }
  if (answer.ok) {
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new ApiError('server', answer.status);
    }
  }
  let detail = '';
  try {
    detail = String((JSON.parse(text) as { detail?: unknown }).detail ?? '');
  } catch {
    // Not a problem document: the status alone has to do.
  }
  const error = new ApiError(
    failureOf(answer.status),
    answer.status,
    detail,
    Number(answer.headers.get('Retry-After')) || 0,
  );
  if (error.kind === 'signed-out' && !options.signingIn) onSignedOut();
  throw error;
}

export const get = <T>(path: string, options?: CallOptions) => call<T>('GET', path, undefined, options);
export const post = <T>(path: string, body: unknown = {}, options?: CallOptions) =>
  call<T>('POST', path, body, options);
export const put = <T>(path: string, body: unknown, options?: CallOptions) =>
  call<T>('PUT', path, body, options);
