// The last vote page of this phone, so that a closed tab opens again without a network and the queue of answers goes
// out. The page is personal: it is kept on this phone alone, and goes when somebody leaves it. The server puts FILES
// and VERSION before this.
const NAME = "onnuri-phone-";
const FILES_IN = NAME + VERSION;
const PAGES = `${NAME}pages`;
const ROOM = /^\/c\/[^/.]+$/;
const LEAVING = /^\/c\/[^/]+(\/settings)?\/leave$/;
const KEPT = /<(vote-card|ballot-list)\b/;
const SLOW = 8000;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES_IN).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== FILES_IN && name !== PAGES);
      await Promise.all(old.map((name) => caches.delete(name)));
      await clients.claim();
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin) return;
  if (method === "POST" && LEAVING.test(pathname)) event.waitUntil(caches.delete(PAGES));
  if (method !== "GET") return;
  if (mode === "navigate" && ROOM.test(pathname)) event.respondWith(room(event.request, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
});

// an open page asks to be kept as the server would draw it now: after its first answer, and when it is put away
addEventListener("message", (event) => event.waitUntil(keepFresh(event.data?.keep)));

// the network first: a page of an earlier round is only for who has no other
async function room(request, pathname) {
  const fresh = fetch(request).then(async (response) => {
    await keep(pathname, response.clone());
    return response;
  });
  const kept = await (await caches.open(PAGES)).match(pathname);
  if (!kept) return fresh;
  const patience = new Promise((done) => setTimeout(done, SLOW, kept.clone()));
  return Promise.race([fresh.catch(() => kept.clone()), patience]);
}

async function keepFresh(pathname) {
  if (!ROOM.test(pathname ?? "")) return;
  const response = await fetch(pathname, { credentials: "same-origin" }).catch(() => null);
  if (response) await keep(pathname, response);
}

// only a page that is voted on; one that says something else means there is nothing to keep
async function keep(pathname, response) {
  if (!response.ok || response.redirected) return;
  const cache = await caches.open(PAGES);
  if (KEPT.test(await response.clone().text())) await cache.put(pathname, response);
  else await cache.delete(pathname);
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (gone) {
    const kept = await (await caches.open(FILES_IN)).match(request);
    if (kept) return kept;
    throw gone;
  }
}
