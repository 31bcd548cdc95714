// The connection strip: connected, saved on this phone, sending, all sent.
import { tellLate } from "./late-answers.js";
import { queueFor } from "./queue.js";

const SLOW = 500;

class ConnectionStrip extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.queue = queueFor(this.dataset.code);
    this.queue.addEventListener("status", ({ detail }) => this.#changed(detail));
    addEventListener("beforeunload", (event) => this.#leaving(event));
    document.addEventListener("submit", (event) => this.#left(event));
    this.#changed(this.queue.status);
    tellLate(this.queue, this.dataset.read);
  }

  // what is sent within half a second is not worth a word
  #changed(status) {
    clearTimeout(this.#timer);
    const busy = status.waiting > 0 && !status.offline;
    this.#timer = setTimeout(() => this.#show(this.queue.status), busy ? SLOW : 0);
  }

  #show({ state, waiting, offline }) {
    const kept = waiting > 0 && (offline || state !== "sending");
    const name = kept ? "saved" : state === "saved" ? "sent" : state;
    const text = this.dataset[name].replace("{n}", waiting);
    this.title = offline && waiting ? this.dataset.offline : "";
    if (this.textContent !== text) this.textContent = text;
    this.dataset.state = name;
  }

  #leaving(event) {
    const { waiting, memory } = this.queue.status;
    if (waiting > 0 && memory) event.preventDefault();
  }

  // who leaves this phone takes the unsent along
  #left(event) {
    if (event.target.matches("form[data-leave]")) this.queue.clear();
  }
}

// the Aa menu closes as menus do
const menus = () => document.querySelectorAll("details.reader[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

customElements.define("connection-strip", ConnectionStrip);
