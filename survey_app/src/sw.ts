// The service worker: the app is there without a network, whole and of one build. The API is never kept here.

declare const BUILD: string;
/** path, and the digest of what belongs to this build */
declare const FILES: [string, string][];
const worker: any = globalThis; // TypeScript knows a page or a worker, not both

const CACHE = `app-${BUILD}`;

worker.addEventListener("install", (event: any) => {
  // "reload": not what the browser's own cache holds of the build before. Anything else than this build (a page of a proxy
  // with status 200, the next build) ends the installation, and the build before stays
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map(([path, integrity]) => new Request(path, { cache: "reload", integrity })))));
});

worker.addEventListener("activate", (event: any) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("app-") && name !== CACHE).map((name) => caches.delete(name)))).then(() => worker.clients.claim()));
});

// A new build waits until the app says that no form is open.
worker.addEventListener("message", (event: any) => {
  if (event.data === "activate") worker.skipWaiting();
});

worker.addEventListener("fetch", (event: any) => {
  const url = new URL(event.request.url);
  const scope = new URL(worker.registration.scope);
  if (event.request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  const asked = event.request.mode === "navigate" ? "./" : event.request;
  event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(asked)) ?? fetch(event.request)));
});
