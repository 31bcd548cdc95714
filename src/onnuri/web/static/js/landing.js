// The first page: the phone in the left frame answers at once; the other two frames follow the room.
import "./live.js";
import { newId, queueFor } from "./queue.js";

class FirstPhone extends HTMLElement {
  connectedCallback() {
    this.queue = queueFor(this.dataset.code);
    this.form = this.querySelector("form");
    this.left = Number(this.dataset.left);
    const { statements = [] } = JSON.parse(this.dataset.deck || "{}");
    this.deck = statements.filter((one) => one.id !== Number(this.form.statement.value));
    this.form.addEventListener("submit", (event) => this.#pressed(event));
    this.queue.addEventListener("refused", () => location.reload());
  }

  #pressed(event) {
    if (!event.submitter) return;
    event.preventDefault();
    const { statement, round_ticket: ticket } = this.form;
    const vote = { id: newId(), statement: Number(statement.value), value: Number(event.submitter.value) };
    const where = ticket.value;
    this.#join().then(() => this.queue.add("votes", where, vote));
    this.left = Math.max(this.left - 1, 0);
    this.querySelector("[data-left]").textContent = this.dataset.leftText.replace("{n}", this.left);
    this.#show(this.deck.shift());
  }

  // The sample is on the visitor's own machine: pressing a key is joining it.
  #join() {
    this.joined ??= fetch(`/api/v1/conversations/${this.dataset.code}/join`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    return this.joined;
  }

  #show(next) {
    const card = this.querySelector(".vote-card").cloneNode(true);
    const text = card.querySelector(".vote-card-text");
    text.textContent = next?.text ?? this.dataset.done;
    text.lang = next?.lang ?? document.documentElement.lang;
    text.toggleAttribute("data-long", text.textContent.length > 50);
    card.querySelector(".chip").textContent = this.dataset[next?.kind === "line" ? "line" : "statement"];
    card.querySelector(".chip").hidden = !next;
    this.querySelector(".vote-card").replaceWith(card);
    this.form.statement.value = next?.id ?? "";
    this.form.hidden = !next;
  }
}

customElements.define("first-phone", FirstPhone);
