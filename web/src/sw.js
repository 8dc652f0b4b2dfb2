// Keeps the page's own files, so that it opens without a connection. It never keeps an answer of
// /api: what a person wrote and read stays with the server. The help lines last shown are kept by
// the page itself (lib/help.ts).
const VERSION = '__VERSION__';
const SHELL = ['__SHELL__'];
const CACHE = `attune-${VERSION}`;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n !== CACHE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname === '/api' || url.pathname.startsWith('/api/')) return;
  if (event.request.mode === 'navigate') {
    event.respondWith(fromCache('/', event.request));
  } else if (url.pathname.startsWith('/assets/') || SHELL.includes(url.pathname)) {
    event.respondWith(fromCache(event.request, event.request));
  }
});

async function fromCache(key, request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key);
  if (kept) return kept;
  const answer = await fetch(request);
  const url = new URL(request.url);
  if (answer.ok && url.pathname.startsWith('/assets/')) await cache.put(request, answer.clone());
  return answer;
}
