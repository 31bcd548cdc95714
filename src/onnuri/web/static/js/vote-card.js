// One statement at a time: O, △ or X, the next one at once, the answer on its way by itself.
import { readCard, showOriginal } from "./original.js";
import { newId, queueFor } from "./queue.js";

const FEW = 5;
const LONG = 120;
const PIPS = 12;
const LOOK_AGAIN = 20000;
const KEYS = { ArrowLeft: 1, ArrowDown: 0, ArrowRight: -1, 1: 1, 2: 0, 3: -1 };

class VoteCard extends HTMLElement {
  #deck = [];
  #past = [];
  #seen = new Set();
  #asking = false;
  #timer = 0;
  #current = null;

  connectedCallback() {
    this.queue = queueFor(this.dataset.code);
    this.form = this.querySelector("form");
    this.left = Number(this.dataset.left);
    this.total = Number(this.dataset.total);
    this.#start(JSON.parse(this.dataset.deck || "{}"));
    this.form.addEventListener("submit", (event) => this.#pressed(event));
    this.#find("[data-undo]").addEventListener("click", (event) => this.#undo(event));
    this.addEventListener("keydown", (event) => this.#typed(event));
    this.addEventListener("toggle", ({ target }) => target.open && this.#cite(target), true);
    this.queue.addEventListener("accepted", ({ detail }) => this.#about(detail.about));
    this.queue.addEventListener("refused", ({ detail }) => this.#say(detail.error?.message ?? ""));
    this.queue.addEventListener("status", ({ detail }) => this.#connection(detail));
    addEventListener("online", () => this.#refill());
    // not before the first answer: until then every byte is the page's own
    this.queue.addEventListener("accepted", () => import("./app.js"), { once: true });
  }

  #find(selector) {
    return this.querySelector(selector);
  }

  #start(deck) {
    const id = Number(this.form.statement.value);
    const heading = this.#find("#statement");
    const evidence = Number(this.#find("[data-evidence] .num").textContent);
    if (id) this.#current = { ...readCard(heading, this.#find("[data-original]")), id, evidence };
    this.#merge(deck);
    if (!this.#current && this.#deck.length) this.#show(this.#deck.shift());
    this.#skip().then(() => this.#refill());
  }

  // answered before this page was opened, and not yet sent
  async #skip() {
    const waiting = new Set((await this.queue.pending("votes")).map((vote) => vote.statement));
    const fresh = (one) => !waiting.has(one.id) || this.#seen.has(one.id);
    const all = this.#current ? [this.#current, ...this.#deck] : this.#deck;
    const rest = all.filter(fresh);
    if (rest.length === all.length) return;
    this.left = Math.max(this.left - (all.length - rest.length), 0);
    for (const id of waiting) this.#seen.add(id);
    this.#deck = rest;
    this.#show(this.#deck.shift() ?? null);
  }

  // what is already answered here, or lies in the deck, does not come twice
  #merge({ statements = [], round_ticket: ticket }) {
    if (ticket) this.form.round_ticket.value = ticket;
    const known = new Set([this.#current?.id, ...this.#deck.map((one) => one.id), ...this.#seen]);
    this.#deck.push(...statements.filter((one) => !known.has(one.id)));
    this.left = Math.max(this.left, this.#deck.length + (this.#current ? 1 : 0));
    this.total = Math.max(this.total, this.left + this.#seen.size);
  }

  #pressed(event) {
    const button = event.submitter;
    if (!button || !this.#current) return;
    event.preventDefault();
    this.#answer(Number(button.value));
  }

  #typed(event) {
    const value = KEYS[event.key];
    const inside = event.target.closest(".deck, .dock") && document.documentElement.dataset.keys !== "off";
    if (value === undefined || !inside || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#current) return;
    event.preventDefault();
    this.#answer(value);
  }

  #answer(value) {
    const statement = this.#current;
    const ticket = this.form.round_ticket.value;
    if (!this.#seen.has(statement.id)) this.left = Math.max(this.left - 1, 0);
    this.#seen.add(statement.id);
    this.#past.push({ ...statement, value });
    if (!this.queue.status.offline) this.#say("");
    this.#show(this.#deck.shift() ?? null);
    this.queue.add("votes", ticket, { id: newId(), statement: statement.id, value });
    this.#refill();
  }

  #undo(event) {
    const last = this.#past.pop();
    if (!last) return; // answered before this page: the link asks the server for it
    event.preventDefault();
    if (this.#current) this.#deck.unshift(this.#current);
    this.#show(last, last.value);
    this.#say(this.dataset.again);
  }

  #show(statement, chosen) {
    this.#current = statement;
    this.form.statement.value = statement?.id ?? "";
    if (statement) this.#write(statement);
    this.#find(".deck").hidden = this.#find(".dock-votes").hidden = !statement;
    this.#find(".all-answered").hidden = Boolean(statement);
    this.#find("[data-undo]").hidden = this.#past.length === 0;
    for (const button of this.querySelectorAll(".vote")) {
      if (chosen === Number(button.value)) button.setAttribute("aria-pressed", "true");
      else button.removeAttribute("aria-pressed");
    }
    this.#progress();
    if (!statement) this.#find("#all-answered").focus();
  }

  // a fresh card, so that it comes in anew; the buttons stay, and with them the focus
  #write({ id, evidence = 0, ...written }) {
    const { text, lang } = written.translation ?? written;
    const old = this.#find(".vote-card");
    const card = old.cloneNode(true);
    const heading = card.querySelector("#statement");
    heading.textContent = text;
    heading.lang = lang;
    heading.toggleAttribute("data-long", text.length > LONG);
    showOriginal(card.querySelector("[data-original]"), written);
    const cited = card.querySelector("[data-evidence]");
    cited.hidden = !evidence;
    cited.open = false;
    cited.querySelector(".num").textContent = evidence;
    if (Number(cited.dataset.evidence) !== id) cited.querySelector("div").replaceChildren();
    cited.dataset.evidence = id;
    old.replaceWith(card);
    const next = this.#find("[data-next]");
    next.lang = lang;
    next.textContent = text;
  }

  // the cards of this statement, without leaving it
  async #cite({ dataset, lastElementChild: place }) {
    if (place.childElementCount) return;
    try {
      const response = await fetch(`/c/${this.dataset.code}/evidence?statement=${dataset.evidence}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      place.replaceChildren(...page.querySelectorAll(".evidence"));
    } catch {
      place.textContent = this.dataset.offline;
    }
  }

  #progress() {
    const answered = Math.max(this.total - this.left, 0);
    const count = Math.min(Math.max(this.total, 1), PIPS);
    const reached = Math.min(Math.floor((answered * count) / Math.max(this.total, 1)), count);
    this.#find("[data-left-shown]").textContent = this.dataset.leftText.replace("{n}", this.left);
    this.#find(".round-pips").replaceChildren(
      ...Array.from({ length: count }, (_, place) => {
        const pip = document.createElement("i");
        if (place <= reached) pip.className = place < reached ? "done" : "here";
        return pip;
      }),
    );
  }

  async #refill() {
    clearTimeout(this.#timer);
    const all = this.#current && this.left <= this.#deck.length + 1;
    if (this.#asking || this.#deck.length >= FEW || all) return;
    this.#asking = true;
    try {
      const response = await fetch(`/api/v1/conversations/${this.dataset.code}/deck`, {
        credentials: "same-origin",
        headers: { accept: "application/json" },
      });
      const deck = await response.json();
      if (response.ok && deck.ok !== false) this.#more(deck);
    } catch {
      // offline: what is in the deck goes on; the next answer asks again
    } finally {
      this.#asking = false;
      if (!this.#current) this.#timer = setTimeout(() => this.#refill(), LOOK_AGAIN * (1 + Math.random()));
    }
  }

  #more(deck) {
    this.#merge(deck);
    if (this.#current || this.#deck.length === 0) return;
    const waiting = document.activeElement === this.#find("#all-answered");
    this.#show(this.#deck.shift());
    if (waiting) this.#find(".vote").focus();
  }

  #about(about) {
    const last = this.#past.at(-1);
    const found = last && about.find((one) => one.statement === last.id);
    this.#say(found ? `${this.dataset.about} · ${this.dataset[found.source] ?? ""}` : "");
  }

  #connection({ waiting, offline, memory }) {
    if (waiting === 0) return;
    if (memory) this.#say(this.dataset.memory.replace("{n}", waiting));
    else if (offline) this.#say(this.dataset.offline);
  }

  #say(text) {
    const line = this.#find("[data-said]");
    if (line.textContent !== text) line.textContent = text;
  }
}

customElements.define("vote-card", VoteCard);
