// The door without a network: its page and files as they last were. The server puts FILES and VERSION before this.
const CACHE = `onnuri-door-${VERSION}`;
const SLOW = 2500;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("onnuri-door-") && name !== CACHE);
      // pages go along; files are new
      const cache = await caches.open(CACHE);
      for (const name of old) {
        const before = await caches.open(name);
        for (const request of await before.keys())
          if (new URL(request.url).pathname.startsWith("/door/e/")) await cache.put(request, await before.match(request));
        await caches.delete(name);
      }
      await clients.claim();
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { pathname, origin } = new URL(url);
  const ours = pathname.startsWith("/static/") || pathname === "/door/decoder.js" || /^\/door\/e\/[^/]+$/.test(pathname);
  if (method === "GET" && origin === location.origin && ours) event.respondWith(answer(event.request, pathname));
});

// the network first, so that nobody works with an old page; what was kept when it is gone or too slow
async function answer(request, pathname) {
  const cache = await caches.open(CACHE);
  const isPage = pathname.startsWith("/door/e/");
  const fresh = fetch(request).then(async (response) => {
    if (response.ok && !response.redirected && isPage) await cache.put(pathname, response.clone());
    return response;
  });
  const kept = await cache.match(isPage ? pathname : request, { ignoreSearch: !isPage });
  if (!kept) return fresh;
  const patience = new Promise((done) => setTimeout(done, SLOW, kept.clone()));
  return Promise.race([fresh.catch(() => kept.clone()), patience]);
}
