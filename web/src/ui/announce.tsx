// Says things to a screen reader without moving anybody's focus.
import { signal } from '@preact/signals';

const polite = signal('');
const urgent = signal('');

export function announce(text: string, how: 'polite' | 'urgent' = 'polite'): void {
  const region = how === 'urgent' ? urgent : polite;
  // Empty first, so that the same words are said again.
  region.value = '';
  setTimeout(() => (region.value = text), 50);
}

export function Announcer() {
  return (
    <>
      <div class="sr-only" role="status" aria-live="polite">
        {polite}
      </div>
      <div class="sr-only" role="alert" aria-live="assertive">
        {urgent}
      </div>
    </>
  );
}
