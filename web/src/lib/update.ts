// The service worker, and what to say when a newer version of the page waits.
import { signal } from '@preact/signals';

export const updateReady = signal<ServiceWorker | undefined>(undefined);

export function watchForUpdate(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    void navigator.serviceWorker
      .register('/sw.js')
      .then((registration) => {
        const look = () => {
          if (registration.waiting && navigator.serviceWorker.controller) {
            updateReady.value = registration.waiting;
          }
        };
        look();
        registration.addEventListener('updatefound', () => {
          registration.installing?.addEventListener('statechange', look);
        });
      })
      .catch(() => undefined);
  });
}

export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  updateReady.value?.postMessage('take-over');
}
