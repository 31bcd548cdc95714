// What is on now: follows the stream, or asks every few seconds where there is none.
import "./clock.js";
import { queueFor } from "./queue.js";

const POLL = 5000;
const JITTER = 800;
const BACK_TO_STREAM = 12;
const SWAP = 1200;

class LiveRoom extends HTMLElement {
  #known = null;
  #polls = 0;
  #timer = 0;
  #swapping = 0;

  connectedCallback() {
    this.queue = this.dataset.mode === "swap" ? null : queueFor(this.dataset.code);
    this.#listen();
    addEventListener("pagehide", () => this.#stop());
    addEventListener("pageshow", (event) => event.persisted && this.#listen());
  }

  disconnectedCallback() {
    this.#stop();
  }

  #stop() {
    this.source?.close();
    clearTimeout(this.#timer);
  }

  #listen() {
    this.#stop();
    this.source = new EventSource(`/live/${this.dataset.code}?as=${this.dataset.as ?? "phone"}`);
    this.source.addEventListener("segment", (event) => this.#segment(JSON.parse(event.data)));
    this.source.addEventListener("lifts", (event) => this.#lifts(JSON.parse(event.data)));
    this.source.addEventListener("turnout", (event) => this.#turnout(JSON.parse(event.data)));
    this.source.onerror = () => {
      if (this.source.readyState === EventSource.CLOSED) this.#poll(0);
    };
  }

  #poll(count) {
    this.#polls = count;
    const again = () => (this.#polls < BACK_TO_STREAM ? this.#ask() : this.#listen());
    this.#timer = setTimeout(again, POLL + Math.random() * JITTER);
  }

  async #ask() {
    try {
      const response = await fetch(`/c/${this.dataset.code}/state.json`, { headers: { accept: "application/json" } });
      const state = await response.json();
      if (response.ok && state.segment) this.#segment(state);
      if (response.ok && state.turnout) this.#turnout(state.turnout);
    } catch {
      // offline: asks again
    }
    this.#poll(this.#polls + 1);
  }

  #segment({ segment, round, interlude, screen, asked, version }) {
    const { dataset } = this;
    const on = interlude ?? "";
    const now = { segment, round, on, screen, version };
    const was = this.#known ?? {
      segment: dataset.segment || segment,
      round: Number(dataset.round) || round,
      on: dataset.on ?? on,
      screen,
      version,
    };
    this.#known = now;
    document.dispatchEvent(new CustomEvent("onnuri:asked", { detail: asked }));
    const touched = was.version !== version;
    if (touched) document.dispatchEvent(new CustomEvent("onnuri:changed"));
    const follows = dataset.mode === "swap" && (was.screen !== screen || touched);
    if (was.segment === segment && was.round === round && was.on === on && !follows) return;
    this.#changed(`${segment}/${round}/${on}`, segment);
  }

  // the page of what is on now comes anew by itself; every other one offers the way there
  #changed(name, segment) {
    if (this.dataset.mode === "swap") return this.#swapSoon();
    const { reload } = this.dataset;
    const stays = reload !== undefined && !reload.split(" ").includes(segment);
    if (stays) {
      this.hidden = false;
      return;
    }
    // Noted when it comes anew, not before: a page already on its way may be the one of the moment before.
    setTimeout(() => {
      if (this.#busy() || again(name)) this.hidden = false;
      else location.reload();
    }, Math.random() * JITTER);
  }

  // something unsent, or something typed
  #busy() {
    if (this.queue.status.waiting > 0) return true;
    return Array.from(document.querySelectorAll("textarea")).some((box) => box.value !== box.defaultValue);
  }

  #turnout(turnout) {
    if (this.dataset.mode === "swap") return this.#swapSoon();
    for (const place of document.querySelectorAll("[data-turnout]")) {
      const value = place.dataset.turnout.split(".").reduce((part, key) => part?.[key], turnout);
      if (value !== undefined) place.textContent = value;
    }
  }

  #lifts(lifts) {
    if (this.dataset.mode === "swap") return this.#swapSoon();
    document.dispatchEvent(new CustomEvent("onnuri:lifts", { detail: lifts }));
  }

  #swapSoon() {
    this.#swapping ||= setTimeout(() => this.#swap(), SWAP);
  }

  // the page itself, fetched again: elements with data-live take their new selves
  async #swap() {
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      if (response.ok) swapLive(new DOMParser().parseFromString(await response.text(), "text/html"));
    } finally {
      this.#swapping = 0;
    }
  }
}

// one reload for one change, whatever the page then says
function again(name) {
  try {
    const same = sessionStorage.getItem("onnuri:fresh") === name;
    sessionStorage.setItem("onnuri:fresh", name);
    return same;
  } catch {
    return true;
  }
}

export function swapLive(fresh) {
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
    if (next && next.outerHTML !== old.outerHTML) old.replaceWith(document.adoptNode(next));
  }
}

customElements.define("live-room", LiveRoom);
