// Question time: a press counts at once and goes through the queue; nothing moves under a thumb.
import { newId, queueFor } from "./queue.js";

class AskList extends HTMLElement {
  #heard = new Map(); // what the server said of each question last
  #mine = new Map(); // question -> { by, heard, settled }: pressed here and not heard back in the counts yet

  connectedCallback() {
    this.queue = queueFor(this.dataset.code);
    this.again = this.querySelector("[data-again]");
    this.#read();
    this.addEventListener("submit", (event) => this.#pressed(event));
    this.again.addEventListener("click", (event) => this.#anew(event));
    this.queue.addEventListener("accepted", ({ detail }) => detail.kind === "lifts" && this.#arrived(detail.items));
    this.queue.addEventListener("refused", ({ detail }) => this.#refused(detail));
    document.addEventListener("onnuri:lifts", ({ detail }) => this.#lifted(detail));
    document.addEventListener("onnuri:asked", ({ detail }) => this.#asked(detail));
  }

  // counts as the page has them, and presses that are still on this phone
  async #read() {
    for (const item of this.#items()) this.#heard.set(number(item), Number(count(item)?.textContent ?? 0));
    for (const body of await this.queue.pending("lifts")) {
      const item = this.#item(body.question);
      if (item && pressed(item) !== Boolean(body.value)) this.#press(item, body.value);
    }
  }

  #pressed(event) {
    if (!event.target.matches(".lift-form")) return;
    event.preventDefault();
    const item = event.target.closest("[data-question]");
    const value = Number(event.submitter.value);
    this.#say("");
    this.#press(item, value);
    this.queue.add("lifts", undefined, { id: newId(), question: number(item), value });
  }

  #press(item, value) {
    const question = number(item);
    const before = this.#mine.get(question)?.by ?? 0;
    const by = before + (value ? 1 : -1);
    this.#mine.set(question, { by, heard: this.#heard.get(question), settled: false });
    mark(item, value);
    this.#show(item);
  }

  // On disk. A count that came meanwhile and moved our way has it in already; else the next one will.
  #arrived(items) {
    for (const { question } of items) {
      const own = this.#mine.get(question);
      if (!own) continue;
      const moved = (this.#heard.get(question) - own.heard) * own.by > 0;
      if (moved || own.by === 0) this.#mine.delete(question);
      else own.settled = true;
      const item = this.#item(question);
      if (item) this.#show(item);
    }
  }

  #refused({ error, items }) {
    const mine = items.filter((body) => "question" in body);
    for (const { question, value } of mine) {
      const item = this.#item(question);
      this.#mine.delete(question);
      if (item) mark(item, 1 - value);
      if (item) this.#show(item);
    }
    if (mine.length) this.#say(error?.message ?? "");
  }

  #lifted(lifts) {
    for (const [written, n] of Object.entries(lifts)) {
      const question = Number(written);
      this.#heard.set(question, n);
      if (this.#mine.get(question)?.settled) this.#mine.delete(question);
      const item = this.#item(question);
      if (item) this.#show(item);
    }
    this.#offer(lifts);
  }

  // the one on the big screen is marked where it stands
  #asked(question) {
    for (const item of this.#items()) {
      const now = number(item) === question;
      item.toggleAttribute("data-now", now);
      item.querySelector("[data-now-chip]").hidden = !now;
    }
  }

  #show(item) {
    const place = count(item);
    const n = (this.#heard.get(number(item)) ?? 0) + (this.#mine.get(number(item))?.by ?? 0);
    if (place) place.textContent = Math.max(n, 0);
  }

  // new ones, and another order, are offered; they come when somebody asks for them
  #offer(lifts) {
    if (this.dataset.order === "answered") return;
    const here = this.#items().map(number);
    const fresh = Object.keys(lifts).some((question) => !here.includes(Number(question)));
    this.again.textContent = fresh ? this.dataset.fresh : this.dataset.sort;
    this.again.hidden = !fresh && !this.#out();
  }

  #out() {
    if (this.dataset.order !== "wanted") return false;
    const items = this.#items();
    return this.#sorted().some((item, place) => item !== items[place]);
  }

  #sorted() {
    const weight = (item) => [item.hasAttribute("data-now") ? 0 : 1, -Number(count(item)?.textContent ?? 0), number(item)];
    return this.#items().sort((one, other) => compare(weight(one), weight(other)));
  }

  // the list from the server where it answers, else what is here in its new order
  async #anew(event) {
    event.preventDefault();
    this.again.hidden = true;
    const list = this.querySelector("[data-questions]");
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-questions]");
      if (!response.ok || !fresh) throw new Error(response.statusText);
      list.replaceWith(document.adoptNode(fresh));
      this.#mine.clear();
      await this.#read();
    } catch {
      list.append(...this.#sorted());
    }
  }

  #items() {
    return Array.from(this.querySelectorAll("[data-question]"));
  }

  #item(question) {
    return this.querySelector(`[data-question="${question}"]`);
  }

  #say(text) {
    this.querySelector("[data-said]").textContent = text;
  }
}

const number = (item) => Number(item.dataset.question);
const count = (item) => item.querySelector("[data-count]");
const button = (item) => item.querySelector("button.lift");
const pressed = (item) => button(item)?.getAttribute("aria-pressed") === "true";

function mark(item, value) {
  button(item)?.setAttribute("aria-pressed", value ? "true" : "false");
  if (button(item)) button(item).value = value ? 0 : 1;
}

function compare(one, other) {
  const place = one.findIndex((part, at) => part !== other[at]);
  return place < 0 ? 0 : one[place] - other[place];
}

// a question typed without a network stays where it is
document.addEventListener("submit", (event) => {
  const box = event.target.matches("form[data-ask]") && event.target.querySelector("write-box");
  if (!box || navigator.onLine !== false || event.defaultPrevented) return;
  event.preventDefault();
  box.querySelector("[data-ask-said]").textContent = box.dataset.offline;
});

customElements.define("ask-list", AskList);
