// Who is signed in on this device, and what follows from it.
import { computed, signal } from '@preact/signals';
import { ApiError, call, get, post } from './api';
import { forgetOthers } from './outbox';
import { deviceStore, readJson } from './store';
import { syncClock } from './time';
import type { Account, Clinic } from './types';

export const store = deviceStore();

type Where = 'starting' | 'in' | 'out';
export const where = signal<Where>('starting');
export const account = signal<Account | undefined>(undefined);
export const clinic = signal<Clinic | undefined>(undefined);
// The session ended by itself: the next page says so, and that nothing typed was lost.
export const expired = signal(false);
export const isClient = computed(() => account.value?.role === 'client');
// Shown once after a start without a name; never stored.
export const recoveryCode = signal<string | undefined>(undefined);
// The last sign-in failed or the link was no good: said on the welcome page.
export const linkFailed = signal<ApiError | undefined>(undefined);

function become(next: Account): void {
  forgetOthers(store, next.id);
  // Only what the page needs to open without a connection: no name.
  store.set('who', JSON.stringify({ id: next.id, role: next.role }));
  account.value = next;
  expired.value = false;
  where.value = 'in';
}

export function endSession(byItself: boolean): void {
  if (!byItself) forgetOthers(store, undefined);
  store.remove('who');
  recoveryCode.value = undefined;
  expired.value = byItself && where.value === 'in' && account.value !== undefined;
  account.value = undefined;
  where.value = 'out';
}

interface Me {
  account: Account;
  clinic: Clinic;
  serverTime: string;
}

export async function loadMe(): Promise<void> {
  const me = await get<Me>('/api/me', { signingIn: true });
  syncClock(me.serverTime);
  clinic.value = me.clinic;
  become(me.account);
}

// Opens with what the device remembers and corrects it when the server answers: somebody who needs
// to write should not wait for a slow line.
export async function start(): Promise<void> {
  const token = /^#\/link\/(.+)$/.exec(location.hash)?.[1];
  if (token !== undefined) {
    // Out of the address before anything else: it must not stay in the history.
    history.replaceState(null, '', '/');
    await withLink(token);
    return;
  }
  const who = readJson<Account | undefined>(store, 'who', undefined);
  if (who?.id && who.role) {
    account.value = { ...who, name: '' };
    where.value = 'in';
  }
  try {
    await loadMe();
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'signed-out') endSession(true);
    else if (where.value === 'starting') where.value = 'out';
  }
}

export async function withLink(token: string): Promise<void> {
  try {
    await signIn('/api/session/link', { token: decodeURIComponent(token) });
  } catch (error) {
    endSession(false);
    linkFailed.value = error instanceof ApiError ? error : new ApiError('server', 0);
  }
}

export async function signIn(path: string, body: unknown): Promise<void> {
  const answer = await post<{ account: Account; recoveryCode?: string }>(path, body, {
    signingIn: true,
  });
  linkFailed.value = undefined;
  recoveryCode.value = answer.recoveryCode;
  become(answer.account);
  // The clinic's name and clock; signed in without them too.
  await loadMe().catch(() => undefined);
}

export async function signOut(): Promise<void> {
  try {
    await call<void>('DELETE', '/api/session');
  } catch (error) {
    if (!(error instanceof ApiError && error.kind === 'signed-out')) throw error;
  }
  endSession(false);
}
