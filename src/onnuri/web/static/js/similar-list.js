// While somebody writes: what is alike already, and what to read once more. It never stands in the way of sending.
import { newId, queueFor } from "./queue.js";

const PAUSE = 500;
const FEWEST = 4;

class SimilarList extends HTMLElement {
  #timer = 0;
  #asked = null;

  connectedCallback() {
    this.form = document.getElementById("write");
    this.box = this.form.text;
    this.button = document.querySelector('button[form="write"]');
    this.queue = queueFor(this.dataset.code);
    this.box.addEventListener("input", () => this.#changed());
    this.addEventListener("submit", (event) => this.#agree(event));
    if (this.box.value && !this.#beside().children.length) this.#changed();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #changed() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#timer = setTimeout(() => this.#ask(this.box.value), PAUSE);
  }

  async #ask(text) {
    if (text.trim().length < FEWEST) return this.#show(null);
    this.#asked = new AbortController();
    try {
      const body = new URLSearchParams({ csrfmiddlewaretoken: this.form.csrfmiddlewaretoken.value, text });
      const response = await fetch(this.dataset.from, { method: "POST", body, signal: this.#asked.signal });
      if (!response.ok) return; // too fast, or no network: sending shows it once more
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (this.box.value === text) this.#show(page.querySelector("[data-beside]"));
    } catch {
      // somebody wrote on, or there is no network
    }
  }

  // the same list again is left alone: under a thumb, and in a screen reader, nothing moves
  #show(fresh) {
    const beside = this.#beside();
    this.form.sure.value = fresh?.dataset.mark ?? "";
    const any = Boolean(fresh?.children.length);
    this.button.textContent = any ? this.dataset.anyway : this.dataset.send;
    if (fresh && words(fresh) === words(beside)) return;
    beside.replaceChildren(...(fresh ? document.adoptNode(fresh).children : []));
  }

  // the answer goes the way of every answer: at once here, and on its way by itself
  #agree(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("button");
    const body = { id: newId(), statement: Number(form.statement.value), value: Number(form.value.value) };
    this.queue.add("votes", form.round_ticket.value, body);
    const said = document.createElement("p");
    said.className = "muted small";
    said.tabIndex = -1;
    said.textContent = button.dataset.said;
    form.replaceWith(said);
    said.focus();
  }

  #beside() {
    return this.querySelector("[data-beside]");
  }
}

const words = (one) => one.textContent.replace(/\s+/g, " ").trim();

customElements.define("similar-list", SimilarList);
