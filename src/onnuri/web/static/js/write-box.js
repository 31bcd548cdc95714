// Writing: counts what a reader counts, keeps the draft on this phone.
import { graphemes } from "./graphemes.js";

class WriteBox extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("textarea");
    this.limit = Number(this.dataset.limit);
    this.said = this.querySelector("[data-over-said]");
    this.#restore();
    this.box.addEventListener("input", () => this.#changed());
    this.box.form.addEventListener("submit", (event) => this.#sending(event));
    this.#count();
  }

  #restore() {
    const draft = kept(this.dataset.key);
    if (draft && !this.box.value) this.box.value = draft;
  }

  #changed() {
    keep(this.dataset.key, this.box.value);
    this.#count();
  }

  #count() {
    const count = graphemes(this.box.value);
    const over = Math.max(count - this.limit, 0);
    const counter = this.querySelector("[data-counter]");
    counter.textContent = this.dataset.count.replace("{n}", count).replace("{limit}", this.limit);
    counter.classList.toggle("over", over > 0);
    const text = over ? this.dataset.over.replace("{n}", over) : "";
    this.said.classList.toggle("unseen", !over);
    if (this.said.textContent !== text) this.said.textContent = text;
    return over;
  }

  #sending(event) {
    if (this.#count() === 0) return;
    event.preventDefault();
    this.box.focus();
  }
}

// as it is kept: composed, and at most one empty line in a row
const plain = (text) => text.normalize("NFC").replace(/\r\n?/g, "\n").replace(/\n{3,}/g, "\n\n").trim();

// a box without a key keeps nothing: a report is nobody else's to find
function kept(key) {
  if (!key) return "";
  try {
    return localStorage.getItem(`onnuri:${key}`) ?? "";
  } catch {
    return "";
  }
}

function keep(key, text) {
  if (!key) return;
  try {
    if (text) localStorage.setItem(`onnuri:${key}`, text);
    else localStorage.removeItem(`onnuri:${key}`);
  } catch {
    // a private window: the draft lives in the page alone
  }
}

// what has arrived is no draft any more
function forget() {
  const own = Array.from(document.querySelectorAll("[data-own]"), (one) => plain(one.textContent));
  try {
    for (const key of Object.keys(localStorage))
      if (/^onnuri:(write|line|ask|comment):/.test(key) && own.includes(plain(localStorage.getItem(key)))) localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

forget();
customElements.define("write-box", WriteBox);
