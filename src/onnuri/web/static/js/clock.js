// Time that is left, counted down from what the server said.
class TimeLeft extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.end = performance.now() + Number(this.dataset.seconds) * 1000;
    this.#timer = setInterval(() => this.#show(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #show() {
    const left = Math.max(Math.round((this.end - performance.now()) / 1000), 0);
    this.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

customElements.define("time-left", TimeLeft);
