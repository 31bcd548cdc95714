// After the first answer, where the browser allows it: this phone keeps its vote page for a time without a network.
import { queueFor } from "./queue.js";

if (isSecureContext && navigator.serviceWorker) begin().catch(() => {}); // private windows refuse: all else works

async function begin() {
  await navigator.serviceWorker.register("/c/service.js");
  await keep();
  // put away with new answers: the page is asked for once more, so that what is answered does not come again
  let answered = false;
  queueFor(document.querySelector("[data-code]").dataset.code).addEventListener("accepted", () => (answered = true));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || !answered) return;
    answered = false;
    keep();
  });
}

async function keep() {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ keep: location.pathname });
}
