// A complete ballot: each choice is saved at once, the tally follows, the next open one unfolds.
import { newId, queueFor } from "./queue.js";

const NEXT = 450;
const TONES = { 1: "ballot-o", 0: "ballot-p", "-1": "ballot-x" };

class BallotList extends HTMLElement {
  connectedCallback() {
    this.queue = queueFor(this.dataset.code);
    this.form = this.querySelector("form");
    this.leaving = false;
    this.addEventListener("change", (event) => this.#chosen(event.target));
    this.form.addEventListener("submit", (event) => this.#finish(event));
    this.queue.addEventListener("status", ({ detail }) => this.#connection(detail));
    this.queue.addEventListener("refused", ({ detail }) => this.#say(detail.error?.message ?? ""));
    this.queue.addEventListener("accepted", () => import("./app.js"), { once: true });
    this.#tally();
    this.queue.pending("ballots").then((all) => this.#recall(all));
  }

  // chosen before this page was opened, and not yet sent
  #recall(ballots) {
    for (const { line, value } of ballots) {
      const radio = this.form.querySelector(`[name="line-${line}"][value="${value}"]`);
      if (radio) radio.checked = true;
    }
    this.#tally();
  }

  #chosen(radio) {
    if (radio.type !== "radio") return;
    const line = Number(radio.name.replace("line-", ""));
    this.queue.add("ballots", this.form.round_ticket.value, { id: newId(), line, value: Number(radio.value) });
    this.#mark(radio);
    this.#say(this.#tally() === 0 ? this.dataset.done : "");
  }

  // the folded row shows the answer too
  #mark(radio) {
    const candidate = radio.closest(".candidate");
    if (!candidate) return;
    const label = radio.closest("label");
    const mark = candidate.querySelector(".candidate-answer");
    const words = document.createElement("span");
    words.className = "unseen";
    words.textContent = label.textContent.trim();
    mark.className = `candidate-answer ${TONES[radio.value]}`;
    mark.replaceChildren(label.querySelector("svg").cloneNode(true), words);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#unfold(candidate), NEXT);
  }

  #unfold(after) {
    const all = Array.from(this.querySelectorAll(".candidate"));
    const open = (one) => !one.querySelector(":checked");
    const next = all.slice(all.indexOf(after) + 1).find(open) ?? all.find(open);
    if (!next || !after.open) return;
    const inside = after.contains(document.activeElement);
    after.open = false;
    next.open = true;
    next.scrollIntoView({ block: "nearest" });
    if (inside) next.querySelector("summary").focus({ preventScroll: true });
  }

  #tally() {
    const names = new Set(Array.from(this.form.querySelectorAll("[type=radio]"), (radio) => radio.name));
    const answered = this.form.querySelectorAll("[type=radio]:checked").length;
    const left = names.size - answered;
    this.querySelector("[data-answered]").textContent = this.dataset.answeredText
      .replace("{n}", answered)
      .replace("{left}", left);
    return left;
  }

  #finish(event) {
    event.preventDefault();
    this.leaving = true;
    this.queue.retry();
    this.#connection(this.queue.status);
  }

  #connection({ waiting, offline }) {
    if (waiting > 0 && offline) this.#say(this.dataset.offline);
    else if (this.leaving && waiting > 0) this.#say(this.dataset.waiting.replace("{n}", waiting));
    else if (this.leaving) this.#sent();
  }

  #sent() {
    this.leaving = false;
    this.#say(this.#tally() === 0 ? this.dataset.done : this.dataset.sent);
  }

  #say(text) {
    const line = this.querySelector("[data-said]");
    if (line.textContent !== text) line.textContent = text;
  }
}

customElements.define("ballot-list", BallotList);
