// A claim changes elsewhere: at the desk, by its link in another window, when somebody leaves. This page looks again.
const LOOK = 15000;

const state = (page) => page.querySelector("[data-claim]")?.dataset.claim;

async function look() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (state(fresh) !== state(document)) location.reload();
  } catch {
    // no network: looks again
  }
}

setInterval(look, LOOK * (1 + Math.random() / 4));
addEventListener("focus", look);
document.addEventListener("visibilitychange", look);
