// After the first answer, where the browser allows it: this phone keeps its vote page for a time without a network.
if (isSecureContext && navigator.serviceWorker) begin().catch(() => {}); // private windows refuse: all else works

async function begin() {
  await navigator.serviceWorker.register("/c/service.js");
  await navigator.serviceWorker.ready;
  await keep();
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}

async function keep() {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ keep: location.pathname });
}
