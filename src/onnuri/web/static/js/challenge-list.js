// Answers to challenges: each goes through the queue, so that it survives a bad network.
import { newId, queueFor } from "./queue.js";

class ChallengeList extends HTMLElement {
  #last = null;

  connectedCallback() {
    this.queue = queueFor(this.dataset.code);
    this.addEventListener("submit", (event) => this.#pressed(event));
    this.queue.addEventListener("refused", ({ detail }) => this.#say(detail.error?.message ?? ""));
  }

  #pressed(event) {
    const { target: form, submitter: button } = event;
    if (!form.matches("[data-challenge]") || !button) return;
    event.preventDefault();
    for (const one of form.querySelectorAll("button")) one.removeAttribute("aria-pressed");
    button.setAttribute("aria-pressed", "true");
    this.#last = form;
    this.#say(this.dataset.received);
    this.queue.add("challenges", undefined, { id: newId(), challenge: Number(form.challenge.value), value: Number(button.value) });
  }

  #say(text) {
    const place = (this.#last ?? this).querySelector("[data-said]");
    if (place) place.textContent = text;
  }
}

customElements.define("challenge-list", ChallengeList);
