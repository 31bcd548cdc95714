// The opening clock, and a claim that is asked again with the same key until it is answered.
const form = document.querySelector("[data-claim-form]");
const said = form?.querySelector("[data-said]");
const button = form?.querySelector("button.button-main");

class OpeningClock extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.end = performance.now() + Number(this.dataset.seconds) * 1000;
    this.#timer = setInterval(() => this.#show(), 250);
    this.#show();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #show() {
    const left = Math.max(Math.ceil((this.end - performance.now()) / 1000), 0);
    const [days, hours] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24];
    const clock = `${String(Math.floor(left / 60) % 60).padStart(hours || days ? 2 : 1, "0")}:${String(left % 60).padStart(2, "0")}`;
    this.textContent = (days ? `${days}${this.dataset.days} ` : "") + (hours || days ? `${hours}:` : "") + clock;
    if (left === 0) {
      clearInterval(this.#timer);
      open();
    }
  }
}

function open() {
  if (button) button.disabled = false;
  form?.removeAttribute("data-opens");
}

function tell(what) {
  if (said) said.textContent = what ? said.dataset[what] : "";
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000 * (0.75 + Math.random() / 2)));

// The same key each time: however often it is asked, it is one place.
async function claim(body) {
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(form.action || location.href, { method: "POST", body, signal: AbortSignal.timeout?.(20000) });
      if (response.status !== 503) return response;
      tell("again");
      await pause(Number(response.headers.get("retry-after")) || 2);
    } catch {
      tell(navigator.onLine === false ? "offline" : "again");
      await pause(Math.min(1 + tries, 8));
    }
  }
}

// The answer is a page: it takes this one's place without a reload.
async function show(response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("main");
  if (!main) {
    location.assign(response.url);
    return;
  }
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  if (response.redirected) history.replaceState(null, "", response.url);
  for (const script of page.querySelectorAll("script[type=module]")) {
    if (script.src && !script.src.includes("/register.js")) import(script.src);
  }
  main.tabIndex = -1;
  main.focus();
  scrollTo(0, 0);
  if (page.querySelector("[data-claim-form]")) location.assign(response.url);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  button.setAttribute("aria-disabled", "true");
  tell("trying");
  const body = new URLSearchParams(new FormData(form));
  const response = await claim(body);
  if (response.ok && response.redirected) {
    await show(response);
    return;
  }
  // Refused: the server's page says why, with everything as it was written.
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("main");
  if (main) {
    document.querySelector("main").replaceWith(main);
    main.querySelector("[aria-invalid], .refused")?.scrollIntoView({ block: "center" });
    import(`./register.js?${Date.now()}`);
  } else {
    delete form.dataset.sent;
    button.removeAttribute("aria-disabled");
    tell("");
  }
});

if (form?.dataset.opens && button) button.disabled = true;
if (!customElements.get("opening-clock")) customElements.define("opening-clock", OpeningClock);
