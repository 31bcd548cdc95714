// The dots go to where they stand now, once a round: from where dots stood a round before, the first time from seats.
const STEADY = 600;
const LONG = 900;
const SPREAD = 400;
const MOST_SEATED = 400;
const EASE = "cubic-bezier(.2, .7, .2, 1)";
const shown = new Set();

class OpinionMap extends HTMLElement {
  connectedCallback() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.documentElement.dataset.motion === "off";
    if (seen(`${this.dataset.code}/${this.dataset.round}`) || still || !this.animate) return;
    const moved = Array.from(this.querySelectorAll("[data-former]:not([data-former=''])"));
    const dots = Array.from(this.querySelectorAll(".map-people use"));
    if (moved.length) moved.forEach(move);
    else if (dots.length <= MOST_SEATED) dots.forEach((dot, place) => gather(dot, place, dots.length));
    const late = this.querySelectorAll(".map-hull, .map-fill, .map-crowd, text");
    const duration = moved.length ? STEADY : LONG + SPREAD;
    for (const one of late) one.animate([{ opacity: 0 }, { opacity: 0, offset: 0.6 }, {}], { duration });
  }
}

// nobody is followed: every dot comes from the nearest place of its group that is still free
function move(group) {
  const free = places(group.dataset.former);
  for (const dot of group.children) {
    const [x, y] = at(dot);
    const from = nearest(free, x, y);
    const start = from ? { transform: `translate(${from[0] - x}px, ${from[1] - y}px)` } : { opacity: 0 };
    dot.animate([start, from ? { transform: "none" } : {}], { duration: STEADY, easing: EASE });
  }
}

function places(text) {
  const numbers = text.split(" ").map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, place) => numbers.slice(2 * place, 2 * place + 2));
}

function nearest(free, x, y) {
  const far = free.map(([a, b]) => (a - x) ** 2 + (b - y) ** 2);
  const place = far.indexOf(Math.min(...far));
  return place < 0 ? null : free.splice(place, 1)[0];
}

function at(dot) {
  const names = dot.tagName === "use" ? ["x", "y"] : ["cx", "cy"];
  return names.map((name) => Number(dot.getAttribute(name)));
}

function gather(dot, place, count) {
  const [x, y] = seat(place, count);
  const [toX, toY] = at(dot);
  const from = `translate(${x - toX}px, ${y - toY}px)`;
  const delay = (place / count) * SPREAD;
  dot.animate([{ transform: from }, { transform: "none" }], { duration: LONG, delay, fill: "backwards", easing: EASE });
}

// six arcs around the podium, everybody mixed: the golden ratio instead of chance
function seat(place, count) {
  const mixed = (place * 0.6180339887) % 1;
  const row = Math.floor(mixed * 6);
  const angle = Math.PI * (0.04 + 0.92 * ((mixed * 6) % 1));
  const radius = 80 + row * 21 + (count > 200 ? (place % 2) * 8 : 0);
  return [200 - radius * Math.cos(angle), 300 - radius * Math.sin(angle)];
}

function seen(picture) {
  const before = shown.has(picture);
  shown.add(picture);
  try {
    const kept = sessionStorage.getItem("onnuri:map") === picture;
    sessionStorage.setItem("onnuri:map", picture);
    return before || kept;
  } catch {
    return before;
  }
}

customElements.define("opinion-map", OpinionMap);
