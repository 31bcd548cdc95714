// The big screen follows the room by itself. F holds the picture, B hides it, L lights it for a bright hall.
import { swapLive } from "./live.js";

const SAFETY = 30000;
const ACTS = { f: "freeze", b: "hide", l: "light" };

class StageScreen extends HTMLElement {
  connectedCallback() {
    addEventListener("keydown", (event) => this.#typed(event));
    setInterval(() => this.refresh(), SAFETY); // a stream may be silent for another reason than silence
  }

  #typed(event) {
    const act = ACTS[event.key.toLowerCase()];
    if (!act || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this[act]();
  }

  // what carries no data-live is not swapped
  freeze() {
    const frozen = this.toggleAttribute("data-frozen");
    const [from, to] = frozen ? ["live", "kept"] : ["kept", "live"];
    for (const part of this.querySelectorAll(`[data-${from}]`)) {
      part.dataset[to] = part.dataset[from];
      delete part.dataset[from];
    }
    if (!frozen) this.refresh();
  }

  hide() {
    this.toggleAttribute("data-hidden");
  }

  light() {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  }

  async refresh() {
    if (this.hasAttribute("data-frozen")) return;
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      if (response.ok) swapLive(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      // no network: the picture stays
    }
  }
}

customElements.define("stage-screen", StageScreen);
