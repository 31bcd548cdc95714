// The door's desk: a scan, a verdict; one field for the hand scanner, codes, names and initials.
import { typed } from "./door-rule.js";
import { Book } from "./door-book.js";
import { Camera, possible } from "./door-camera.js";

const LIVE_SEARCH = 60;
const ICONS = {
  good: "m4.5 12.5 5 5 10-11",
  back: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  warn: "M12 8v5M12 16.5v.1M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z",
};
const TONES = {
  good: { notes: [880, 1320], buzz: [60] },
  back: { notes: [520], buzz: [40] },
  warn: { notes: [300, 220], buzz: [120, 60, 120] },
};

const $ = (selector, from = document) => from.querySelector(selector);
const make = (tag, props = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

class DoorDesk extends HTMLElement {
  async connectedCallback() {
    this.said = $("#door-said").dataset;
    this.words = JSON.parse($("#door-words").textContent);
    this.answer = $("[data-verdict]");
    this.field = $("#q");
    this.book = new Book(this.dataset.slug);
    this.book.addEventListener("change", () => this.#draw());
    this.#field();
    this.#line();
    this.#camera();
    $("[data-name-door]").addEventListener("click", () => this.#rename());
    $("[data-conflicts]").replaceChildren(); // from here on this device tells them itself
    await this.book.open();
    this.setAttribute("data-open", "");
    this.#service();
  }

  // --- the field

  #field() {
    const form = this.field.form;
    let clock = 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(clock);
      this.scan(this.field.value);
    });
    this.field.addEventListener("input", () => {
      clearTimeout(clock);
      clock = setTimeout(() => this.#results(this.field.value), LIVE_SEARCH);
    });
    // a hand scanner types wherever the page has its focus
    document.addEventListener("keydown", (event) => {
      const busy = event.target.closest?.("input, select, textarea, button, a, summary, dialog");
      if (!busy && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) this.field.focus();
    });
    this.#focus();
  }

  // on a phone the field would bring up the keyboard over the answer
  #focus() {
    if (matchMedia("(pointer: fine)").matches) this.field.focus({ preventScroll: true });
  }

  async scan(text) {
    if (!text.trim()) return;
    const begun = performance.now();
    let told = await this.book.read(text);
    if (!told && /\p{Script=Hangul}/u.test(text)) told = await this.book.read(typed(text));
    if (!told) return this.#results(text, true);
    this.field.value = "";
    $("[data-results]").replaceChildren();
    this.#show(told);
    this.dataset.took = (performance.now() - begun).toFixed(1);
  }

  #results(text, isAsked = false) {
    const found = text.trim() ? this.book.find(text) : [];
    const place = $("[data-results]");
    if (!text.trim()) return place.replaceChildren();
    if (!found.length) return place.replaceChildren(...(isAsked ? [make("p", { className: "muted", textContent: this.said.nobody })] : []));
    const rows = found.map((ticket) => {
      const isIn = this.book.stands(ticket.id).length > 0;
      const state = isIn ? this.said.isIn : this.#placeOf(ticket);
      const word = isIn ? this.said.undo : ticket.confirmed ? this.said.letIn : this.said.vouch;
      const button = make("button", { className: "button", type: "button", textContent: word });
      button.append(make("span", { className: "unseen", textContent: ` · ${nameOf(ticket)}` }));
      button.addEventListener("click", () => this.#act(() => (isIn ? this.book.undo(ticket) : this.book.enter(ticket, { vouch: !ticket.confirmed }))));
      return make("li", {}, make("b", { className: "num", textContent: ticket.seat ?? "–" }),
        make("span", {}, nameOf(ticket), ticket.seats > 1 ? make("small", { className: "muted num", textContent: ` ${ticket.part}/${ticket.seats}` }) : null,
          make("br"), make("small", { className: "muted", textContent: state })), button);
    });
    const list = make("ol", { className: "arrivals" }, ...rows);
    list.setAttribute("aria-label", this.said.found);
    place.replaceChildren(list);
  }

  #placeOf({ place, confirmed }) {
    const name = this.said[`place${place[0].toUpperCase()}${place.slice(1)}`] ?? place;
    return confirmed ? name : `${name} · ${this.said.unconfirmed}`;
  }

  async #act(what) {
    this.field.value = "";
    $("[data-results]").replaceChildren();
    const slow = setTimeout(() => this.#asking(), 80);
    const told = await what();
    clearTimeout(slow);
    this.#show(told);
    this.#focus();
  }

  // --- the answer

  #asking() {
    this.answer.hidden = false;
    this.answer.dataset.answer = "asking";
    this.answer.replaceChildren(make("h2", { id: "answer-h", textContent: this.said.asking }));
  }

  #show(told) {
    const { verdict, ticket, first, row } = told;
    const kind = verdict === "in" ? "good" : ["undone", "idle"].includes(verdict) ? "back" : "warn";
    const { word, detail } = this.words[verdict];
    this.shown = row?.counter;
    const parts = [make("h2", { id: "answer-h" }, icon(ICONS[kind]), make("span", { textContent: word }))];
    if (ticket) parts.push(this.#facts(ticket, told.answer?.position));
    const more = told.later ? this.said.askLater : told.answer?.message || fill(detail, first ?? firstOf(told.answer));
    if (more) parts.push(make("p", { className: "para", textContent: more }));
    if (told.answer?.clock_ahead) parts.push(make("p", { className: "para small", textContent: this.said.ahead }));
    if (ticket) parts.push(...this.#next(verdict, ticket));
    this.answer.hidden = false;
    this.answer.dataset.answer = verdict;
    this.answer.replaceChildren(...parts);
    signal(kind);
    if (innerWidth < 768) this.answer.scrollIntoView({ block: "nearest" });
  }

  #facts(ticket, position) {
    const facts = [[this.said.seat, ticket.seat ?? "–"], [this.said.name, nameOf(ticket)]];
    if (position) facts.push([this.said.position, position]);
    if (ticket.seats > 1) facts.push([this.said.party, `${ticket.part} / ${ticket.seats}`]);
    return make("dl", { className: "facts" }, ...facts.map(([name, value]) => make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value }))));
  }

  #next(verdict, ticket) {
    const button = (text, act, main = false) => {
      const made = make("button", { className: `button${main ? " button-main" : ""}`, type: "button", textContent: text });
      made.addEventListener("click", () => this.#act(act));
      return made;
    };
    if (verdict === "unconfirmed" || verdict === "lapsed")
      return [make("div", { className: "row para" }, button(this.said.vouch, () => this.book.enter(ticket, { vouch: true }), true))];
    if (verdict !== "in" && verdict !== "duplicate") return [];
    const row = make("div", { className: "row para" }, button(this.said.undo, () => this.book.undo(ticket)));
    if (!this.book.offline) {
      const form = $("#undo-form").content.cloneNode(true).firstElementChild;
      form.elements.ticket.value = ticket.id;
      form.classList.remove("para");
      row.append(form);
    }
    return [row];
  }

  // --- what stands around it

  #draw() {
    const { book, said } = this;
    const count = book.tickets.size;
    const ready = $("[data-ready]");
    ready.hidden = false;
    ready.toggleAttribute("data-unready", !count);
    const total = count ? `${count} / ${count}` : "–";
    if ($("[data-ready-count]").textContent !== total) $("[data-ready-count]").textContent = total;
    const isKept = this.hasAttribute("data-kept");
    $("[data-ready-said]").textContent = count ? (isKept ? said.ready : said.readyOpen) : book.offline ? said.none : said.loading;
    this.#state();
    const gone = $("[data-gone]");
    gone.hidden = !book.shut && !book.memory;
    $("[data-gone-said]").textContent = book.shut ? said.shut.replace("{n}", book.unsent.length) : said.memory;
    if (count) for (const [name, value] of Object.entries(book.figures)) $(`[data-${name}]`).textContent = value;
    $("[data-own]").hidden = false;
    $("[data-own-count]").textContent = book.ownCount;
    if (book.merged) $("[data-merged]").textContent = clock(book.merged);
    $("[data-name-door]").textContent = book.own.label || book.own.word || said.defaultName;
    this.#conflicts();
  }

  #state() {
    const { book, said } = this;
    const line = $("[data-line]");
    const waiting = book.unsent.length;
    line.hidden = false;
    line.dataset.state = book.offline ? "saved" : waiting ? "sending" : "sent";
    const text = book.offline ? said.offline : waiting ? said.sending : book.mergedCount ? said.merged : said.connected;
    const full = text.replace("{n}", book.offline || waiting ? waiting : book.mergedCount);
    if (line.textContent !== full) line.textContent = full;
  }

  #conflicts() {
    const place = $("[data-conflicts]");
    const found = this.book.conflicts;
    const key = found.map((one) => one.id).join();
    if (place.dataset.shown === key) return;
    place.dataset.shown = key;
    place.replaceChildren(...found.map((one) => this.#conflict(one)));
    if (found.length) signal("warn");
  }

  #conflict({ kind, id, ticket, scans, answer }) {
    const { said } = this;
    const section = make("section", { className: "answer" });
    section.dataset.answer = "duplicate";
    section.setAttribute("role", "alert");
    const isTwice = kind === "twice";
    const word = isTwice ? said.twice : `${said.changed} · ${this.words[answer.verdict]?.word ?? answer.verdict}`;
    section.append(make("h2", {}, icon(ICONS.warn), make("span", { textContent: word })));
    section.append(make("p", { className: "para", textContent: isTwice ? said.twiceSaid : answer.message || said.changedSaid }));
    if (ticket) section.append(this.#facts(ticket));
    if (isTwice)
      section.append(make("ol", { className: "scans para" }, ...scans.map((scan, i) => make("li", {},
        make("time", { textContent: clock(new Date(scan.at)) }), make("span", { textContent: scan.device }),
        make("span", { className: `chip ${i ? "chip-warn" : "chip-good"}`, textContent: i ? said.later : said.first })))));
    const done = make("button", { className: "button", type: "button", textContent: isTwice ? said.onePerson : said.checked });
    done.addEventListener("click", () => this.book.dismiss(id));
    const row = make("div", { className: "row para" }, done);
    if (isTwice && ticket && scans.some((scan) => scan.device === this.book.device)) {
      const undo = make("button", { className: "button button-stop", type: "button", textContent: said.undo });
      undo.addEventListener("click", () => this.#act(() => this.book.undo(ticket)));
      row.append(undo);
    }
    section.append(row);
    return section;
  }

  #line() {
    for (const form of document.querySelectorAll("[data-seat]"))
      form.addEventListener("submit", (event) => {
        const ticket = this.book.tickets.get(Number(form.dataset.seat));
        if (!ticket) return; // the server knows more: a plain form does it
        event.preventDefault();
        this.#act(async () => {
          const told = await this.book.enter(ticket);
          if (told.verdict === "in") form.closest("li").remove();
          return told;
        });
      });
  }

  async #rename() {
    const label = prompt(this.said.nameAsk, this.book.own.label);
    if (label !== null) await this.book.rename(label);
  }

  // --- camera and service worker, where the browser allows them

  #camera() {
    const box = $("[data-camera]");
    const words = $("[data-camera-said]");
    box.hidden = false;
    if (!possible()) {
      box.dataset.off = "";
      words.textContent = this.said.cameraOff;
      return;
    }
    const camera = new Camera($("[data-video]"), (text) => this.scan(text));
    $("[data-camera-go]").addEventListener("click", async () => {
      try {
        await camera.start();
        box.dataset.on = "";
        words.textContent = this.said.cameraOn;
      } catch {
        camera.stop();
        box.dataset.off = "";
        words.textContent = this.said.cameraRefused;
      }
    });
    addEventListener("pagehide", () => camera.stop());
  }

  async #service() {
    try {
      await navigator.serviceWorker.register("/door/service.js", { scope: "/door/" });
      await navigator.serviceWorker.ready;
      const names = (await caches.keys()).filter((name) => name.startsWith("onnuri-door-"));
      const here = location.pathname;
      const cache = await caches.open(names.at(-1));
      if (!(await cache.match(here))) await cache.add(here);
      this.setAttribute("data-kept", "");
    } catch {
      // plain http, or a browser without it: the page says that it must stay open
    }
    this.#draw();
  }
}

const nameOf = (ticket) => ticket.name || (ticket.part > 1 ? `${ticket.party_name} +${ticket.part - 1}` : ticket.party_name) || "–";
const firstOf = (answer) => answer?.first && { at: Date.parse(answer.first.at), device: answer.first.device };
const fill = (text, first) => (first ? text.replace("{time}", clock(new Date(first.at))).replace("{device}", first.device) : text.includes("{") ? "" : text);
const clock = (at) => [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");

function icon(path) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  drawn.append(document.createElementNS(drawn.namespaceURI, "path"));
  drawn.firstChild.setAttribute("d", path);
  return drawn;
}

// colour and word are not the only ones to tell: a sound and a buzz of its own for each kind
let audio;

function signal(kind) {
  const { notes, buzz } = TONES[kind];
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(buzz);
  try {
    audio ??= new AudioContext();
    notes.forEach((pitch, i) => tone(pitch, audio.currentTime + i * 0.12));
  } catch {
    // no sound here
  }
}

function tone(pitch, at) {
  const note = audio.createOscillator();
  const volume = audio.createGain();
  note.frequency.value = pitch;
  volume.gain.setValueAtTime(0.15, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.11);
  note.connect(volume).connect(audio.destination);
  note.start(at);
  note.stop(at + 0.12);
}

customElements.define("door-desk", DoorDesk);
