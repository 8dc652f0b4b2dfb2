// Help by a person. The last lines are kept on the device, so that the button works offline.
import { signal } from '@preact/signals';
import { get, post } from './api';
import { readJson } from './store';
import { store } from './session';
import type { Help } from './types';

export const help = signal<Help | undefined>(readJson<Help | undefined>(store, 'help', undefined));
// Why the panel is open: the person asked, or what they wrote sounded hard.
export const helpOpen = signal<'asked' | 'offered' | undefined>(undefined);
// Counts openings, so that focus goes to the panel again when it is offered again.
export const helpTurn = signal(0);
// Somebody said that they are coming: their name.
export const coming = signal<string | undefined>(undefined);
export const callMe = signal<'no' | 'asking' | 'asked' | 'failed'>('no');

function keep(next: Help): void {
  help.value = next;
  store.set('help', JSON.stringify(next));
}

export async function refreshHelp(): Promise<void> {
  try {
    keep(await get<Help>('/api/help', { signingIn: true }));
  } catch {
    // What was kept stands; without it the panel says to call the local emergency number.
  }
}

export function openHelp(why: 'asked' | 'offered', fresh?: Help | null): void {
  if (fresh) keep(fresh);
  else void refreshHelp();
  helpOpen.value = why;
  helpTurn.value++;
}

export function closeHelp(): void {
  helpOpen.value = undefined;
  document.getElementById('help-button')?.focus();
}

export async function askToBeCalled(): Promise<void> {
  callMe.value = 'asking';
  try {
    await post('/api/me/call-me');
    callMe.value = 'asked';
  } catch {
    callMe.value = 'failed';
  }
}

export function forgetHelpState(): void {
  helpOpen.value = undefined;
  coming.value = undefined;
  callMe.value = 'no';
}
