// My answers: a change goes through the queue too, so that it survives a bad network.
import { newId, queueFor } from "./queue.js";

const TONES = { 1: "ballot-o", 0: "ballot-p", "-1": "ballot-x" };

class AnswerList extends HTMLElement {
  connectedCallback() {
    this.queue = queueFor(this.dataset.code);
    this.addEventListener("submit", (event) => this.#changed(event));
    this.queue.addEventListener("refused", ({ detail }) => this.#say(detail.error?.message ?? ""));
    this.queue.addEventListener("accepted", () => this.#say(""));
  }

  #changed(event) {
    event.preventDefault();
    const { target: form, submitter: button } = event;
    const statement = Number(form.statement.value);
    this.queue.add("votes", form.round_ticket.value, { id: newId(), statement, value: Number(button.value) });
    for (const one of form.querySelectorAll("button")) one.removeAttribute("aria-pressed");
    button.setAttribute("aria-pressed", "true");
    this.#mark(form.closest("details"), button);
  }

  #mark(details, button) {
    const mine = details.querySelector(".answer-mine");
    mine.className = `answer-mine ${TONES[button.value]}`;
    mine.querySelector("svg").replaceWith(button.querySelector("svg").cloneNode(true));
    mine.querySelector("span").textContent = button.textContent.trim();
  }

  #say(text) {
    this.querySelector("[data-said]").textContent = text;
  }
}

customElements.define("answer-list", AnswerList);
