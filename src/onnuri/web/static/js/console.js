// The host's desk: figures as they come, one key per act, a question before what cannot be undone.
import "./clock.js";

const REFRESH = 5000;
const SOON = 400;
const ASIDE = /value="[A-Za-z0-9]{64}"|<time-left[^>]*>[^<]*/g; // CSRF tokens and clocks differ on every page
const KEYS = "onnuri:keys";

const $ = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));

// --- asking first

const dialog = $("#ask");

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const question = button?.dataset.confirm;
  if (!question || !dialog || button.dataset.asked) return delete button?.dataset.asked;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(question, button);
});

function ask(question, button) {
  $("[data-ask-text]", dialog).textContent = question;
  $("[data-ask-yes]", dialog).textContent = button.dataset.label ?? button.lastChild.textContent.trim();
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return button.focus();
      button.dataset.asked = "yes";
      button.form.requestSubmit(button);
    },
    { once: true },
  );
}

// --- the desk

class HostConsole extends HTMLElement {
  #soon = 0;

  connectedCallback() {
    this.#listen();
    setInterval(() => this.refresh(), REFRESH);
    document.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("keydown", (event) => this.#typed(event));
    $("[data-more]")?.addEventListener("click", () => this.#more());
    document.addEventListener("change", (event) => this.#chosen(event));
    for (const button of all("[data-plain]")) button.hidden = true;
    this.keys = $("input[data-keys]");
    this.keys.checked = (localStorage.getItem(KEYS) ?? document.documentElement.dataset.keys) !== "off";
    this.keys.addEventListener("change", () => localStorage.setItem(KEYS, this.keys.checked ? "on" : "off"));
  }

  #listen() {
    const stream = new EventSource(`/live/${this.dataset.code}?as=host`);
    stream.addEventListener("turnout", (event) => turnout(JSON.parse(event.data)));
    stream.addEventListener("segment", () => this.refreshSoon());
    stream.onopen = () => line("sent", "connected");
    stream.onerror = () => line("saved", "lost");
  }

  refreshSoon() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.refresh(), SOON);
  }

  async refresh() {
    if (document.hidden || dialog?.open) return;
    try {
      const response = await fetch(this.dataset.home, { headers: { accept: "text/html" } });
      if (response.ok) swap(await response.text());
    } catch {
      // the line says so
    }
  }

  // a decision in the queue is sent without leaving the page; the next item takes the focus
  async #submitted(event) {
    const form = event.target;
    if (!form.matches("[data-quick]") || !event.submitter || event.defaultPrevented) return;
    event.preventDefault();
    const button = event.submitter;
    const body = new URLSearchParams(new FormData(form, button));
    const place = all(".waiting-item").indexOf(form.closest(".waiting-item"));
    try {
      const response = await fetch(form.action, { method: "POST", body });
      const text = await response.text();
      if (!text.includes('data-live="said"')) throw new Error(response.statusText);
      if (response.ok && form.matches("[data-clears]")) form.reset();
      swap(text, { from: form.closest("[data-live]"), said: true });
      stay(form, button, place);
    } catch {
      HTMLFormElement.prototype.submit.call(withDecision(form, button));
    }
  }

  // a choice that is no more than a choice is sent as it is made
  #chosen(event) {
    const form = event.target.closest("form[data-at-once]");
    if (form) form.requestSubmit($("button", form));
  }

  #more() {
    document.activeElement?.blur();
    for (const open of all(".refusal[open]")) open.open = false;
    this.refresh();
  }

  #typed(event) {
    if (!this.keys.checked || dialog?.open || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
    if (field) return;
    const item = event.target.closest?.(".waiting-item");
    if (this.#act(event.key.toLowerCase(), item)) event.preventDefault();
  }

  #act(key, item) {
    if (key === "n") return press($("[data-primary]"));
    if (key === "q") return press($("[data-next-question]"));
    if (key === "j" || key === "k") return step(item, key === "j" ? 1 : -1);
    const one = item ?? $(".waiting-item");
    if (!one) return false;
    if (key === "a") return item ? press($("[data-accept]", item)) : focus(one);
    if (key === "r") return item ? refuse(item) : focus(one);
    if (item && $(".refusal[open]", item)) return reason(item, key);
    return false;
  }
}

function press(button) {
  button?.click();
  return Boolean(button);
}

function focus(item) {
  item.focus();
  item.scrollIntoView({ block: "nearest" });
  return true;
}

function step(item, by) {
  const items = all(".waiting-item");
  const next = items[items.indexOf(item) + by];
  return next ? focus(next) : false;
}

function refuse(item) {
  const refusal = $(".refusal", item);
  refusal.open = true;
  ($("[name=reason]:checked", refusal) ?? $("[name=reason]", refusal))?.focus();
  return true;
}

function reason(item, key) {
  const radio = /^\d$/.test(key) && all("[name=reason]", item)[key === "0" ? 9 : Number(key) - 1];
  if (!radio) return false;
  radio.checked = true;
  $("[data-refuse]", item).focus();
  return true;
}

// after a press the hand is where it was: on the same key, on the next item, else at the head of the part
function stay(form, button, place) {
  const items = all(".waiting-item");
  if (place >= 0 && items.length) return items[Math.min(place, items.length - 1)].focus();
  const part = $(`[data-live="${form.closest("[data-live]")?.dataset.live}"]`);
  if (!button.isConnected) (twin(button, form) ?? (part && $("[tabindex='-1']", part)))?.focus();
}

// the same key, or the choice that is made, in the part that came anew
function twin(old, form = old.form) {
  const again = all("form").find((one) => one.action === form.action);
  return again && all("button, input", again).find((one) => one.checked || (one.name === old.name && one.value === old.value));
}

function withDecision(form, button) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: button.name });
  field.value = button.value;
  form.append(field);
  return form;
}

function turnout(figures) {
  for (const place of all("[data-turnout]")) {
    const value = place.dataset.turnout.split(".").reduce((part, key) => part?.[key], figures);
    if (value !== undefined) place.textContent = value;
  }
}

function line(state, words) {
  const place = $("[data-line]");
  if (!place || place.dataset.state === state) return;
  place.dataset.state = state;
  place.textContent = place.dataset[words];
}

// Parts that changed take their new selves; a part in use waits until asked for, the part a key was pressed in does not.
function swap(text, { from = null, said = false } = {}) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const more = $("[data-more]");
  for (const old of all("[data-live]")) {
    const next = $(`[data-live="${old.dataset.live}"]`, fresh);
    if (!next || (old.dataset.live === "said" && !said)) continue;
    for (const open of all("details[data-keep][open]", old)) {
      const same = $(`details[data-keep="${open.dataset.keep}"]`, next);
      if (same) same.open = true;
    }
    for (const button of all("[data-plain]", next)) button.hidden = true;
    if (plain(next) === plain(old)) continue;
    const hand = old.contains(document.activeElement) ? document.activeElement : null;
    const key = old.dataset.live !== "queue" && hand?.matches("button, input[type=radio]");
    const used = old !== from && ((hand && !key) || $("details[open]:not([data-keep])", old));
    if (used && old.dataset.live === "queue" && more) more.hidden = false;
    if (used) continue;
    if (old.dataset.live === "queue" && more) more.hidden = true;
    old.replaceWith(document.adoptNode(next));
    if (key && old !== from) twin(hand)?.focus();
  }
  wind(fresh);
  if (fresh.title) document.title = fresh.title;
}

function plain(element) {
  return element.outerHTML.replace(ASIDE, "");
}

function wind(fresh) {
  const clocks = all("time-left", fresh);
  all("time-left").forEach((old, place) => {
    if (clocks[place]) old.end = performance.now() + Number(clocks[place].dataset.seconds) * 1000;
  });
}

if ($("host-console")) customElements.define("host-console", HostConsole);
