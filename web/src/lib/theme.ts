// Light, dark, or as the device has it.
import { signal } from '@preact/signals';
import { store } from './session';

export type Theme = 'system' | 'light' | 'dark';
const kept = store.get('theme');
export const theme = signal<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system');

export function applyTheme(next: Theme = theme.value): void {
  theme.value = next;
  if (next === 'system') {
    store.remove('theme');
    delete document.documentElement.dataset.theme;
  } else {
    store.set('theme', next);
    document.documentElement.dataset.theme = next;
  }
}
