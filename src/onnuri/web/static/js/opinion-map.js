// The dots leave their seats and gather by likeness, once, unless the reader wants no motion.
const LONG = 900;
const SPREAD = 400;
const MOST = 400;
const EASE = "cubic-bezier(.2, .7, .2, 1)";

class OpinionMap extends HTMLElement {
  connectedCallback() {
    const dots = Array.from(this.querySelectorAll(".map-people use"));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.documentElement.dataset.motion === "off";
    if (still || dots.length > MOST || !dots[0]?.animate) return;
    const hulls = this.querySelectorAll(".map-hull, .map-fill, text");
    for (const hull of hulls) hull.animate([{ opacity: 0 }, { opacity: 0, offset: 0.6 }, {}], { duration: LONG + SPREAD });
    dots.forEach((dot, place) => this.#gather(dot, place, dots.length));
  }

  #gather(dot, place, count) {
    const [x, y] = seat(place, count);
    const from = `translate(${x - Number(dot.getAttribute("x"))}px, ${y - Number(dot.getAttribute("y"))}px)`;
    const delay = (place / count) * SPREAD;
    dot.animate([{ transform: from }, { transform: "none" }], { duration: LONG, delay, fill: "backwards", easing: EASE });
  }
}

// six arcs around the podium, everybody mixed: the golden ratio instead of chance
function seat(place, count) {
  const mixed = (place * 0.6180339887) % 1;
  const row = Math.floor(mixed * 6);
  const angle = Math.PI * (0.04 + 0.92 * ((mixed * 6) % 1));
  const radius = 80 + row * 21 + (count > 200 ? (place % 2) * 8 : 0);
  return [200 - radius * Math.cos(angle), 300 - radius * Math.sin(angle)];
}

customElements.define("opinion-map", OpinionMap);
