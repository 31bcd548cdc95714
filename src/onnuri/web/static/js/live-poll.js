// A quick poll: the answer goes through the phone's queue, is shown as saved, and may be changed until it closes.
import { graphemes } from "./graphemes.js";
import { forgetLate, isKept } from "./late-answers.js";
import { newId, queueFor } from "./queue.js";

const CALM = 2000;
const SPREAD = 10000;
const LATE = "poll_closed";

class LivePoll extends HTMLElement {
  #sent = false;

  connectedCallback() {
    this.poll = Number(this.dataset.poll);
    this.form = this.querySelector("form");
    this.queue = queueFor(this.dataset.code);
    for (const box of this.form.querySelectorAll("[required]")) box.required = false; // said in our words below
    this.form.addEventListener("submit", (event) => this.#send(event));
    this.queue.addEventListener("status", ({ detail }) => this.#connection(detail));
    this.queue.addEventListener("accepted", ({ detail }) => this.#mine(detail.items) && this.#arrived());
    this.queue.addEventListener("refused", ({ detail }) => this.#refused(detail));
    this.queue.pending("answers").then((all) => this.#recall(all));
  }

  // given before this page was opened, and not yet sent
  #recall(answers) {
    const last = answers.filter(({ poll }) => poll === this.poll).pop();
    if (!last) return;
    for (const box of this.form.querySelectorAll("[name=choice]")) box.checked = last.choice.includes(Number(box.value));
    this.form.querySelectorAll("[name=word]").forEach((box, place) => (box.value = last.words[place] ?? ""));
    this.#sent = true;
    this.#connection(this.queue.status);
  }

  #send(event) {
    event.preventDefault();
    const choice = Array.from(this.form.querySelectorAll("[name=choice]:checked"), (box) => Number(box.value));
    const words = Array.from(this.form.querySelectorAll("[name=word]"), (box) => box.value.trim()).filter(Boolean);
    if (!choice.length && !words.length) return this.#ask();
    const over = this.#over();
    if (over) return this.#say(this.dataset.over.replace("{n}", over));
    this.#sent = true;
    forgetLate();
    this.#say(this.dataset.sending);
    this.queue.add("answers", undefined, { id: newId(), poll: this.poll, choice, words });
  }

  #ask() {
    this.form.querySelector("[name=choice], [name=word]").focus();
    this.#say(this.form.querySelector("[name=word]") ? this.dataset.write : this.dataset.choose);
  }

  // by how much the first word that is too long is so; it takes the focus
  #over() {
    for (const box of this.form.querySelectorAll("[name=word]")) {
      const over = graphemes(box.value) - Number(this.dataset.limit);
      if (over > 0) {
        box.focus();
        return over;
      }
    }
    return 0;
  }

  #connection({ waiting, offline }) {
    if (this.#sent && waiting > 0 && offline) this.#say(this.dataset.offline);
  }

  #arrived() {
    this.#say(this.dataset.sent);
    this.form.querySelector("[data-send]").textContent = this.dataset.change;
  }

  #refused({ error, items }) {
    if (!this.#mine(items) && items.length) return;
    this.#sent = false;
    if (error?.key !== LATE) return this.#say(error?.message ?? "");
    this.#say(""); // that it was late is said on whatever page comes now
    setTimeout(() => isKept() && location.reload());
  }

  #mine(items) {
    return items.some(({ poll }) => poll === this.poll);
  }

  #say(text) {
    const line = this.querySelector("[data-said]");
    if (line.textContent !== text) line.textContent = text;
  }
}

// Words are let on while the outcome stands: it is looked at again, calmly and not by all phones at once.
class PollOutcome extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    if (this.dataset.words === undefined) return;
    this.look = () => (this.#timer ||= setTimeout(() => this.#look(), CALM + Math.random() * SPREAD));
    document.addEventListener("onnuri:changed", this.look);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    document.removeEventListener("onnuri:changed", this.look);
  }

  async #look() {
    this.#timer = 0;
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("poll-outcome");
      if (response.ok && fresh && fresh.innerHTML !== this.innerHTML) this.replaceWith(document.adoptNode(fresh));
    } catch {
      // no network: what is shown stays
    }
  }
}

customElements.define("live-poll", LivePoll);
customElements.define("poll-outcome", PollOutcome);
