// A shared tablet: one voice after another. What is not sent yet waits in this page alone, each answer with its own
// proof of voice; nothing of a person is written to the tablet's storage.
import { readsCards } from "./card-code.js";
import { readCard, showOriginal } from "./original.js";
import { newId } from "./queue.js";

const TIMEOUT = 8000;
const AGAIN = 2000;
const LOOK = 4000;
const TICK = 1000;
const LATER = [408, 425, 429];
const KEYS = { ArrowLeft: 1, ArrowDown: 0, ArrowRight: -1, 1: 1, 2: 0, 3: -1 };
const pause = (time) => new Promise((done) => setTimeout(done, time));

class KioskDesk extends HTMLElement {
  #deck = [];
  #past = [];
  #waiting = [];
  #current = null;
  #sending = false;
  #offline = false;
  #ending = false;
  #clocked = true;
  #quiet = 0;

  connectedCallback() {
    this.form = this.#find("[data-answer]");
    if (this.form) this.#begin();
    if (this.#find("[data-card-form]")) this.#pad();
    this.#find("[data-next]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#end();
    });
    this.addEventListener("click", (event) => this.#languageLater(event));
    addEventListener("online", () => this.#send());
    addEventListener("beforeunload", (event) => this.#waiting.length > 0 && event.preventDefault());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    if ("person" in this.dataset) this.#watch();
    setTimeout(() => this.#follow(), LOOK);
  }

  #find(selector) {
    return this.querySelector(selector);
  }

  // ---- the code

  #pad() {
    const input = this.#find("#card");
    const pad = this.#find("[data-pad]");
    pad.hidden = false;
    input.inputMode = "none"; // the big keys are the keyboard; one made of keys works too
    input.focus();
    // what somebody began to type and left goes too
    let timer = 0;
    const forget = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (input.value = ""), 1000 * this.dataset.still);
    };
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, forget, { passive: true });
    pad.addEventListener("click", ({ target }) => {
      const key = target.closest("[data-letter]");
      if (!key) return;
      input.value = key.dataset.letter ? input.value + key.dataset.letter : input.value.slice(0, -1);
    });
    readsCards(this.#find("[data-card-form]"));
  }

  // ---- answering

  #begin() {
    const heading = this.#find("#statement");
    this.#current = { ...readCard(heading, this.#find("[data-original]")), number: Number(this.form.number.value) };
    this.#deck = JSON.parse(this.form.dataset.rest);
    this.place = Number(this.form.dataset.place);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter) this.#answer(Number(event.submitter.value));
    });
    addEventListener("keydown", (event) => this.#typed(event));
    this.#find("[data-undo]").addEventListener("click", () => this.#undo());
  }

  #typed(event) {
    const value = KEYS[event.key];
    const off = document.documentElement.dataset.keys === "off";
    const elsewhere = off || this.#find("[data-ask]").open || this.#ending || !this.#current;
    if (value === undefined || elsewhere || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#answer(value);
  }

  #answer(value) {
    const { who, kind, round_ticket: ticket } = this.form;
    const { number } = this.#current;
    this.#waiting.push({ who: who.value, kind: kind.value, round_ticket: ticket.value, number, value, id: newId() });
    this.#past.push({ ...this.#current, value });
    this.place += 1;
    this.#say("");
    this.#show(this.#deck.shift() ?? null);
    this.#send();
  }

  #undo() {
    const last = this.#past.pop();
    if (!last) return;
    if (this.#current) this.#deck.unshift(this.#current);
    this.place -= 1;
    this.#show(last, last.value);
    this.#say(this.dataset.again);
  }

  #show(card, chosen) {
    this.#current = card;
    this.#find("[data-undo]").hidden = this.#past.length === 0;
    for (const button of this.form.querySelectorAll("button")) {
      if (chosen === Number(button.value)) button.setAttribute("aria-pressed", "true");
      else button.removeAttribute("aria-pressed");
    }
    const more = this.#past.length > 0 && this.place <= Number(this.form.dataset.total);
    if (!card && more) return this.#reloadWhenSent();
    this.#find(".kiosk-answer").hidden = !card;
    this.#find("[data-done]").hidden = Boolean(card);
    if (!card) return this.#find("#kiosk-done").focus();
    const heading = this.#find("#statement");
    const { text, lang } = card.translation ?? card;
    [heading.textContent, heading.lang, this.form.number.value] = [text, lang, card.number];
    showOriginal(this.#find("[data-original]"), card);
    this.#find("[data-place-shown]").textContent = this.place;
    const next = this.#find("[data-next-text]");
    [next.textContent, next.lang] = [text, lang];
  }

  // more statements than one deck holds
  async #reloadWhenSent() {
    await this.#send();
    if (this.#waiting.length === 0) location.replace(this.dataset.address);
  }

  #say(text) {
    const line = this.#find("[data-said]");
    if (line && line.textContent !== text) line.textContent = text;
  }

  // ---- sending, one after the other, each with its own proof

  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#waiting.length > 0) {
      this.#line();
      const said = this.#waiting[0];
      const { sent, message } = await post(`/kiosk/${this.dataset.code}/answer`, said);
      this.#offline = !sent;
      if (!sent) {
        this.#line();
        await pause(AGAIN);
        continue;
      }
      this.#waiting.shift();
      if (message && said.who === this.form?.who.value) this.#say(message);
    }
    this.#sending = false;
    this.#line();
  }

  #line() {
    const line = this.#find("[data-line]");
    const count = this.#waiting.length;
    const state = count === 0 ? "sent" : this.#offline ? "saved" : "sending";
    const text = this.dataset[state === "saved" ? "kept" : state].replace("{n}", count);
    line.dataset.state = state;
    if (line.textContent !== text) line.textContent = text;
    const gone = this.#find("[data-gone-said]");
    gone.textContent = count ? text : "";
  }

  // ---- the next person

  // first the screen and the cookie, then the network: nothing of this person stays, whatever the network does
  async #end() {
    if (this.#ending) return;
    this.#ending = true;
    const served = this.dataset.state === "consent" ? 0 : 1;
    this.#find("[data-ask]").close();
    for (const name of this.dataset.cookies.split(" "))
      document.cookie = `${name}=; path=/kiosk/${this.dataset.code}; max-age=0`;
    for (const part of this.querySelectorAll("[data-person-part], [data-foot]")) part.remove();
    this.#deck = this.#past = [];
    this.#current = this.form = null;
    const gone = this.#find("[data-gone]");
    gone.hidden = false;
    gone.querySelector("h1").focus();
    await this.#send();
    while (this.#sending) await pause(TICK);
    while (!(await post(`/kiosk/${this.dataset.code}/next`, null, served)).sent) await pause(AGAIN);
    location.replace(this.dataset.address);
  }

  // a page that changes its language comes anew, and what waits in this one would be lost
  #languageLater(event) {
    if (!event.target.closest("[data-language]") || this.#waiting.length === 0) return;
    event.preventDefault();
    this.#say(this.dataset.wait);
  }

  // ---- nobody there?

  #watch() {
    const ask = this.#find("[data-ask]");
    const touched = () => {
      if (!ask.open) this.#quiet = 0;
    };
    for (const name of ["pointerdown", "keydown", "scroll"]) addEventListener(name, touched, { passive: true });
    const stay = () => {
      this.#quiet = 0;
      ask.close();
    };
    ask.addEventListener("close", stay);
    this.#find("[data-stay]").addEventListener("click", stay);
    this.#find("[data-no-clock]").addEventListener("click", () => {
      this.#clocked = false;
      stay();
    });
    setInterval(() => this.#tick(ask), TICK);
  }

  #tick(ask) {
    if (!this.#clocked || this.#ending) return;
    this.#quiet += 1;
    const left = Number(this.dataset.still) + Number(this.dataset.leaving) - this.#quiet;
    if (left <= 0) return this.#end();
    if (left > Number(this.dataset.leaving)) return;
    if (!ask.open) ask.showModal();
    this.#find("[data-count]").textContent = left;
  }

  // ---- what is on now

  async #follow() {
    try {
      const response = await fetch(`/c/${this.dataset.code}/state.json`, { cache: "no-store" });
      const { ok, segment, round } = await response.json();
      const moved = ok && (segment !== this.dataset.segment || round !== Number(this.dataset.round));
      if (moved && !this.#ending && this.#waiting.length === 0) location.replace(this.dataset.address);
    } catch {
      // offline: looks again
    }
    setTimeout(() => this.#follow(), LOOK);
  }
}

// sent: the server has taken it or refused it for good
async function post(address, content, served) {
  const abort = new AbortController();
  const clock = setTimeout(() => abort.abort(), TIMEOUT);
  const json = { "content-type": "application/json", accept: "application/json" };
  try {
    const response = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: content ? json : { "content-type": "application/x-www-form-urlencoded" },
      body: content ? JSON.stringify(content) : `served=${served}`,
      signal: abort.signal,
    });
    if (!content) return { sent: response.type === "opaqueredirect" };
    const body = await response.json();
    if (response.ok && body.ok) return { sent: true };
    const refused = response.status >= 400 && response.status < 500 && body.ok === false && !LATER.includes(response.status);
    return { sent: refused, message: body.error?.message };
  } catch {
    return { sent: false };
  } finally {
    clearTimeout(clock);
  }
}

customElements.define("kiosk-desk", KioskDesk);
