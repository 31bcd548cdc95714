// The door's list and log in memory: a verdict from here needs no network. It sends and fetches by itself.
import { asked, letters, matches, standing } from "./door-rule.js";
import { digestOf, parts, Signatures, CODE } from "./door-code.js";
import { openStore } from "./door-store.js";

const POLL = 5000;
const TIMEOUT = 8000;
const ASK_TIMEOUT = 4000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const MOST = 100;
const WHOLE_LIST = 300000;
const SHUT = [401, 403];
const LATER = [408, 425, 429];
const STORED = ["in", "duplicate", "undone", "idle"];
const SHOWN = 8;

export class Book extends EventTarget {
  tickets = new Map();
  own = { word: "", label: "" };
  conference = {};
  version = "";
  merged = null;
  shut = false;
  offline = false;
  mergedCount = 0;
  #slug;
  #store;
  #digests = new Map();
  #signatures;
  #log = new Map();
  #scans = new Map();
  #byTicket = new Map();
  #after = 0;
  #offset = 0;
  #timer = 0;
  #wait = 0;
  #busy = false;
  #again = false;
  #fresh = 0;
  #unkept = false;
  #tabs;

  constructor(slug) {
    super();
    this.#slug = slug;
  }

  async open() {
    this.#store = await openStore(this.#slug);
    const { own, list, log, scans } = await this.#store.load();
    this.own = own;
    for (const row of log) this.#log.set(row.counter, row);
    if (list && !(list.conference.forget_at && Date.parse(list.conference.forget_at) < Date.now())) this.#take(list);
    for (const scan of scans) this.#noteScan(scan);
    this.#index();
    this.#listen();
    this.#tell();
    await this.sync();
    await this.#signatures?.ready();
  }

  #listen() {
    addEventListener("online", () => this.soon());
    addEventListener("offline", () => this.#failed());
    document.addEventListener("visibilitychange", () => document.hidden || this.soon());
    if (!("BroadcastChannel" in window)) return;
    this.#tabs = new BroadcastChannel(`onnuri-door-${this.#slug}`);
    this.#tabs.onmessage = ({ data }) => {
      if (data.row) this.#log.set(data.row.counter, data.row);
      if (data.own) this.own = data.own;
      this.#index();
      this.#tell();
    };
  }

  get memory() {
    return this.#unkept || (this.#store?.memory ?? false);
  }

  get device() {
    return `${this.own.label} ${this.own.word}`.trim().slice(0, 40);
  }

  get unsent() {
    return [...this.#log.values()].filter((row) => !row.answer);
  }

  async rename(label) {
    // letters as people count them; the server takes 40 code points with our word behind
    this.own = { ...this.own, label: Array.from(label.trim().replace(/\s+/gu, " ")).slice(0, 30).join("") };
    await this.#store.name(this.own);
    this.#tabs?.postMessage({ own: this.own });
    this.#tell();
  }

  now() {
    return Date.now() + this.#offset;
  }

  // --- verdicts

  // what was scanned or typed: {verdict, ticket?, first?, row?} or null when it is no code at all
  async read(text) {
    const found = parts(text);
    if (found.signature && this.#signatures && !(await this.#signatures.holds(found, this.#slug))) return { verdict: "forged" };
    const ticket = found.code ? this.tickets.get(this.#digests.get(await digestOf(found.code, this.#slug))) : undefined;
    if (ticket) return this.enter(ticket);
    if (!found.signature && !CODE.test(found.code)) return null;
    return this.#unlisted(text, found);
  }

  async #unlisted(code, found) {
    if (!this.offline) {
      const told = await this.#ask({ code, act: "in", told: "asked" });
      if (told) return told;
    }
    if (!found.signature) return { verdict: "unknown" };
    if (this.offline && !this.unsent.some((row) => row.code === code)) await this.#write({ code, act: "in", told: "unlisted", missed: true });
    return { verdict: "unlisted" };
  }

  async enter(ticket, { vouch = false } = {}) {
    const first = this.stands(ticket.id)[0];
    if (first) return { verdict: "duplicate", ticket, first };
    const word = vouch && ticket.place === "seat" ? "in" : this.#wordFor(ticket);
    if (word === "in") {
      const row = await this.#write({ ticket: ticket.id, act: "in", told: "in", ...(vouch && { vouch }) });
      return { verdict: "in", ticket, row };
    }
    if (word !== "ask" && !vouch) return { verdict: word, ticket };
    const told = this.offline ? null : await this.#ask({ ticket: ticket.id, act: "in", told: "asked", ...(vouch && { vouch }) });
    return told ?? { verdict: "waiting", ticket, later: true };
  }

  #wordFor({ place, confirmed }) {
    if (place === "lapsed") return "lapsed";
    if (place === "online") return "online";
    if (!confirmed) return "unconfirmed";
    return place === "seat" ? "in" : "ask";
  }

  async undo(ticket) {
    const stood = this.stands(ticket.id);
    // never before what it takes back, whatever this clock says
    const at = Math.max(this.now(), ...stood.map((one) => one.at));
    await this.#write({ ticket: ticket.id, act: "undo", told: "undone", at });
    return { verdict: "undone", ticket };
  }

  // what this person cannot be told from here; null = no answer in time, and it is asked again by itself
  async #ask(scan) {
    const row = await this.#write(scan, { quietly: true });
    try {
      const told = await this.#post([row], ASK_TIMEOUT);
      await this.#answered([row], told);
      const answer = this.#log.get(row.counter).answer;
      this.soon();
      return answer && { verdict: answer.verdict, ticket: this.tickets.get(answer.ticket) ?? fromAnswer(answer), answer };
    } catch (problem) {
      // It goes out again by itself; the answer will be news to whoever stands here.
      const missed = { ...row, missed: true };
      this.#log.set(row.counter, missed);
      await this.#store.change([missed]).catch(() => {});
      this.#failed(problem);
      return null;
    }
  }

  stands(id) {
    return this.#byTicket.get(id) ?? [];
  }

  get present() {
    let count = 0;
    for (const stands of this.#byTicket.values()) if (stands.length) count += 1;
    return count;
  }

  get figures() {
    let [held, waiting] = [0, 0];
    for (const ticket of this.tickets.values()) {
      if (ticket.place === "seat" || ticket.place === "offered") held += 1;
      if (ticket.place === "waiting" && ticket.part === 1) waiting += 1;
    }
    const present = this.present;
    return { present, capacity: this.conference.capacity ?? 0, missing: Math.max(0, held - present), waiting };
  }

  find(text) {
    const query = asked(text);
    const begins = text.trim().toUpperCase();
    const found = [];
    for (const ticket of this.tickets.values()) {
      const near = matches(query, ticket.letters) || (begins.length >= 3 && ticket.begins === begins.slice(0, 3) && CODE.test(begins.padEnd(10, "2")));
      if (near && found.push(ticket) === SHOWN) break;
    }
    return found;
  }

  // tickets that stand twice, and scans the server answered otherwise than this device did
  get conflicts() {
    const found = [];
    for (const [id, stands] of this.#byTicket)
      if (stands.length > 1) found.push({ kind: "twice", id: `t${id}.${stands.length}`, ticket: this.tickets.get(id), scans: stands });
    for (const row of this.#log.values()) {
      if (!row.answer || row.seen) continue;
      const other = row.told === "in" ? !STORED.includes(row.answer.verdict) : row.late;
      if (other || row.answer.verdict === "refused")
        found.push({ kind: "changed", id: `c${row.counter}`, row, ticket: this.tickets.get(row.ticket) ?? fromAnswer(row.answer), answer: row.answer });
    }
    const seen = this.own.seen ?? [];
    return found.filter((one) => !seen.includes(one.id));
  }

  async dismiss(id) {
    this.own = { ...this.own, seen: [...(this.own.seen ?? []), id].slice(-200) };
    await this.#store.name(this.own);
    this.#tabs?.postMessage({ own: this.own });
    this.#tell();
  }

  get ownCount() {
    return [...this.#log.values()].filter((row) => row.act === "in" && ["in", "duplicate"].includes(row.answer?.verdict ?? row.told)).length;
  }

  // --- the log

  async #write(scan, { quietly = false } = {}) {
    const made = { at: Math.round(this.now()), device: this.device, answer: null, ...scan };
    let row;
    try {
      row = await this.#store.add(made);
    } catch {
      // full or stuck: it still goes out from this page, under a number no other can have
      row = { ...made, counter: 1e9 + Math.floor(Math.random() * 1e9), slug: this.#slug };
    }
    this.#log.set(row.counter, row);
    this.#tabs?.postMessage({ row });
    if (row.ticket) this.#restand(row.ticket);
    if (!quietly) {
      this.#tell();
      this.soon();
    }
    return row;
  }

  #noteScan(scan) {
    this.#scans.set(`${scan.device}\n${scan.counter}`, scan);
    this.#after = Math.max(this.#after, scan.id);
  }

  #index() {
    this.#byTicket.clear();
    const ids = new Set([...this.#scans.values()].map((scan) => scan.ticket));
    for (const row of this.#log.values()) if (row.ticket) ids.add(row.ticket);
    const scans = Map.groupBy ? Map.groupBy(this.#scans.values(), (scan) => scan.ticket) : grouped(this.#scans.values());
    for (const id of ids) this.#restand(id, scans.get(id) ?? []);
  }

  #restand(id, scans = [...this.#scans.values()].filter((scan) => scan.ticket === id)) {
    const known = new Set(scans.map((scan) => `${scan.device}\n${scan.counter}`));
    const own = [...this.#log.values()].filter((row) => row.ticket === id && this.#counts(row) && !known.has(`${row.device}\n${row.counter}`));
    this.#byTicket.set(id, standing([...scans, ...own]));
  }

  // asked and not answered is no entry yet; answered otherwise is none
  #counts(row) {
    return row.answer ? STORED.includes(row.answer.verdict) : row.told === "in" || row.told === "undone";
  }

  // --- the server

  soon() {
    clearTimeout(this.#timer);
    this.#wait = 0;
    this.#timer = setTimeout(() => this.sync(), 20);
  }

  async sync() {
    clearTimeout(this.#timer);
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    try {
      do {
        this.#again = false;
        await this.#send();
        await this.#fetch();
      } while (this.#again);
      this.offline = false;
      this.#wait = 0;
    } catch (problem) {
      this.#failed(problem);
    }
    this.#busy = false;
    this.#tell();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.sync(), this.offline ? this.#wait * (0.75 + Math.random() / 2) : POLL);
  }

  #failed(problem) {
    if (problem?.shut) this.#shutOut();
    this.offline = true;
    this.#wait = this.shut ? LONGEST_WAIT : Math.min(LONGEST_WAIT, this.#wait * 2 || FIRST_WAIT);
    this.#tell();
  }

  async #shutOut() {
    this.shut = true;
    [this.version, this.#after] = ["", 0];
    for (const kept of [this.tickets, this.#digests, this.#scans]) kept.clear();
    this.#index();
    await this.#store.forget().catch(() => {});
    this.#tell();
  }

  async #send() {
    let single = false;
    for (;;) {
      const waiting = this.unsent;
      if (!waiting.length) return;
      const batch = waiting.filter((row) => row.device === waiting[0].device).slice(0, single ? 1 : MOST);
      const cameBack = this.offline;
      try {
        const told = await this.#post(batch, TIMEOUT);
        await this.#answered(batch, told);
        if (cameBack) this.mergedCount += batch.length;
      } catch (problem) {
        if (!problem.refused) throw problem;
        if (batch.length === 1) await this.#settle(batch[0], { verdict: "refused", message: problem.refused });
        single = true; // one is not taken: the others go alone
      }
    }
  }

  async #post(rows, timeout) {
    const scans = rows.map(({ counter, at, act, code, ticket, vouch }) => ({
      counter, at: new Date(at).toISOString(), act, ...(ticket ? { ticket } : { code }), ...(vouch && { vouch }),
    }));
    const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ device: rows[0].device, scans }) };
    return this.#json("check-ins", options, timeout);
  }

  async #answered(rows, told) {
    this.#clock(told.server_time);
    for (const answer of told.scans) {
      const row = rows.find((one) => one.counter === answer.counter);
      if (row) await this.#settle(row, answer);
    }
  }

  async #settle(row, answer) {
    const late = (row.told === "asked" || row.told === "unlisted") && row.missed;
    const done = { ...row, answer, ticket: row.ticket ?? answer.ticket ?? undefined, late: Boolean(late) };
    this.#log.set(row.counter, done);
    if (done.ticket) this.#restand(done.ticket);
    await this.#store.change([done]).catch(() => {});
    this.#tabs?.postMessage({ row: done });
  }

  async #fetch() {
    // names can be corrected without an entry in the book
    const whole = Date.now() - this.#fresh > WHOLE_LIST;
    const told = await this.#json(`door.json?version=${whole ? "" : this.version}&after=${this.#after}`, {}, TIMEOUT * 2);
    this.#clock(told.server_time);
    const scans = told.scans.map(([id, ticket, act, at, device, counter]) => ({ id, ticket, act, at: Date.parse(at), device, counter }));
    const list = told.tickets ? { ...told, scans: undefined, headcount: undefined } : null;
    if (list) {
      this.#take(list);
      this.#fresh = Date.now();
    }
    this.conference = told.conference;
    scans.forEach((scan) => this.#noteScan(scan));
    if (scans.length) this.#index();
    if (list || scans.length) await this.#keep(list, scans);
    this.merged = new Date();
    this.shut = false;
  }

  // a full disk: all is here, but in this page alone
  async #keep(list, scans) {
    try {
      await this.#store.keep(list, scans);
      if (list) this.#unkept = false;
    } catch {
      this.#unkept = true;
    }
  }

  #take(list) {
    this.conference = list.conference;
    this.version = list.version;
    this.#signatures = new Signatures(list.public_key);
    this.tickets.clear();
    this.#digests.clear();
    for (const row of list.tickets) {
      const ticket = Object.fromEntries(list.columns.map((name, i) => [name, row[i]]));
      ticket.letters = letters(ticket.name || ticket.party_name);
      this.tickets.set(ticket.id, ticket);
      if (ticket.digest) this.#digests.set(ticket.digest, ticket.id);
    }
  }

  #clock(text) {
    const ahead = Date.parse(text) - Date.now();
    if (Number.isFinite(ahead)) this.#offset = Math.abs(ahead) > 1000 ? ahead : 0;
  }

  async #json(path, options, timeout) {
    const abort = new AbortController();
    const clock = setTimeout(() => abort.abort(), timeout);
    try {
      const response = await fetch(`/api/v1/conferences/${this.#slug}/${path}`, { credentials: "same-origin", signal: abort.signal, ...options });
      const body = await response.json();
      if (response.ok) return body;
      const refused = response.status < 500 && !LATER.includes(response.status);
      throw Object.assign(new Error(path), {
        shut: SHUT.includes(response.status),
        refused: refused && !SHUT.includes(response.status) ? body.error?.message ?? path : undefined,
      });
    } finally {
      clearTimeout(clock);
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

function grouped(scans) {
  const found = new Map();
  for (const scan of scans) found.set(scan.ticket, [...(found.get(scan.ticket) ?? []), scan]);
  return found;
}

const fromAnswer = (answer) =>
  answer.ticket ? { id: answer.ticket, name: answer.name, party_name: answer.party_name, part: answer.part, seats: answer.seats, seat: answer.seat_number, place: answer.place, confirmed: answer.confirmed } : undefined;
