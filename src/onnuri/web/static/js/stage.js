// The big screen follows the room by itself. F holds the picture, B hides it, L lights it for a bright hall; under the
// map the arrows (or a presenter's clicker) go from sentence to sentence.
import { swapLive } from "./live.js";

const SAFETY = 30000;
const STEPS = { arrowright: 1, pagedown: 1, arrowleft: -1, pageup: -1 };
const ACTS = { f: "freeze", b: "hide", l: "light" };

class StageScreen extends HTMLElement {
  connectedCallback() {
    addEventListener("keydown", (event) => this.#typed(event));
    setInterval(() => this.refresh(), SAFETY); // a stream may be silent for another reason than silence
  }

  #typed(event) {
    if (document.documentElement.dataset.keys === "off" || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (!ACTS[key] && !STEPS[key]) return;
    event.preventDefault();
    if (ACTS[key]) this[ACTS[key]]();
    else this.step(STEPS[key]);
  }

  // kept on the screen itself, which is never swapped
  step(by) {
    const count = this.querySelectorAll(".stage-sentences > li").length;
    if (count) this.dataset.sentence = (Number(this.dataset.sentence ?? 0) + by + count) % count;
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
