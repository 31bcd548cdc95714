// Votes and ballots on their way. Each stays on this phone until the server has it on disk.
const TIMEOUT = 8000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const STUCK = 2000;
const MOST = 50;
const LATER = [408, 425, 429];
const NOT_ME = [401, 403];

// ids without crypto.randomUUID, which plain http in the hall does not have
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const queues = new Map();

export function queueFor(code) {
  if (!queues.has(code)) queues.set(code, new Queue(code));
  return queues.get(code);
}

class Queue extends EventTarget {
  #code;
  #store;
  #waiting = 0;
  #memory = false;
  #state = "connected";
  #failed = false;
  #sending = false;
  #again = false;
  #eager = false;
  #single = false;
  #wait = 0;
  #timer = 0;

  constructor(code) {
    super();
    this.#code = code;
    this.#store = openStore(code);
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.#tell());
    addEventListener("pageshow", (event) => event.persisted && this.retry());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.flush() : this.retry()));
    this.flush();
  }

  get status() {
    const offline = this.#failed || navigator.onLine === false;
    return { state: this.#state, waiting: this.#waiting, offline, memory: this.#memory };
  }

  // kind is "votes" or "ballots"; body carries the id made here
  async add(kind, ticket, body) {
    this.#waiting += 1;
    this.#say(this.#sending ? "sending" : "saved");
    const item = { code: this.#code, kind, ticket, body };
    await (await this.#store).put(item);
    this.flush();
  }

  // what is still here, so that a page opened anew does not ask for it again
  async pending(kind) {
    const items = await (await this.#store).all().catch(() => []);
    return items.filter((item) => item.kind === kind).map((item) => item.body);
  }

  // while a flush is under way this one is remembered; while we back off it waits with the others
  flush() {
    this.#again = true;
    if (!this.#sending && !this.#timer) this.#run();
  }

  // the network is back, or somebody looks again: from the start of the back-off
  retry() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#wait = 0;
    this.#eager = this.#sending;
    this.flush();
  }

  async clear() {
    const store = await this.#store;
    await store.remove((await store.all()).map((item) => item.key));
    this.#waiting = 0;
    this.#say("connected");
  }

  async #run() {
    this.#sending = true;
    while (this.#again) {
      this.#again = this.#eager = false;
      await this.#sendAll().catch(() => this.#later());
    }
    this.#sending = false;
  }

  async #sendAll() {
    const store = await this.#store;
    for (;;) {
      const items = await store.all();
      this.#memory = store.memory;
      this.#waiting = items.length;
      if (items.length === 0) return this.#done();
      this.#say("sending");
      const batch = together(items, this.#single ? 1 : MOST);
      const answer = await this.#post(batch);
      if (!(await this.#settle(store, batch, answer))) return this.#later(answer.after);
    }
  }

  #done() {
    this.#wait = 0;
    if (this.#state !== "connected") this.#say("sent");
    else this.#tell();
  }

  async #post(batch) {
    const { kind, ticket } = batch[0];
    const abort = new AbortController();
    const clock = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const response = await fetch(`/api/v1/conversations/${this.#code}/${kind}`, {
        method: "POST",
        credentials: "same-origin",
        keepalive: true,
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({ round_ticket: ticket, [kind]: batch.map((item) => item.body) }),
        signal: abort.signal,
      });
      const after = Number(response.headers.get("retry-after")) * 1000 || 0;
      return { status: response.status, after, body: await response.json() };
    } catch {
      return { status: 0, body: null }; // no network, too slow, or a page that is not ours
    } finally {
      clearTimeout(clock);
    }
  }

  // true: go on with the rest; false: all stays here for later
  async #settle(store, batch, { status, body }) {
    if (status === 200 && body?.ok === true) {
      await store.remove(batch.map((item) => item.key));
      this.#failed = this.#single = false;
      this.#emit("accepted", { kind: batch[0].kind, items: batch.map((item) => item.body), about: body.about ?? [] });
      return true;
    }
    const refused = status >= 400 && status < 500 && body?.ok === false && !LATER.includes(status);
    this.#failed = !refused;
    if (!refused) return false;
    if (NOT_ME.includes(status)) {
      this.#emit("refused", { error: body.error, items: [] }); // kept: the voice may come back
      return false;
    }
    return this.#drop(store, batch, body.error);
  }

  // only what the answer names is dropped; where it names nothing, one is sent at a time to find it
  async #drop(store, batch, error) {
    const named = batch.filter((item) => item.body.id === error?.id);
    const gone = named.length ? named : batch.length === 1 ? batch : [];
    this.#single = named.length === 0 && batch.length > 1;
    await store.remove(gone.map((item) => item.key));
    if (gone.length) this.#emit("refused", { error, items: gone.map((item) => item.body) });
    return true;
  }

  #later(after = 0) {
    this.#say("saved");
    if (this.#eager) {
      this.#eager = false;
      this.#again = true;
      return;
    }
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2 || FIRST_WAIT);
    this.#again = false;
    const jittered = this.#wait * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.flush();
    }, Math.min(Math.max(jittered, after), 2 * LONGEST_WAIT));
  }

  #say(state) {
    this.#state = state;
    this.#tell();
  }

  #tell() {
    this.#emit("status", this.status);
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// the longest run from the front that may share one request, in the order cast
function together(items, most) {
  const { kind, ticket } = items[0];
  const end = items.findIndex((item) => item.kind !== kind || item.ticket !== ticket);
  return items.slice(0, Math.min(end < 0 ? items.length : end, most));
}

async function openStore(code) {
  try {
    return new Indexed(code, await openDatabase());
  } catch {
    return new Plain(code);
  }
}

function openDatabase() {
  const request = indexedDB.open("onnuri", 1);
  request.onupgradeneeded = () =>
    request.result.createObjectStore("waiting", { keyPath: "key", autoIncrement: true }).createIndex("code", "code");
  return settled(request, "onsuccess").then(() => request.result);
}

// a database that answers nothing within two seconds counts as one that failed
const settled = (asked, good) =>
  new Promise((resolve, reject) => {
    asked[good] = resolve;
    asked.onerror = asked.onabort = asked.onblocked = () => reject(asked.error);
    setTimeout(reject, STUCK);
  });

// one row each, so that two tabs never write over each other
class Indexed {
  #code;
  #database;
  #spare;

  constructor(code, database) {
    this.#code = code;
    this.#database = database;
    this.#spare = new Plain(code);
  }

  get memory() {
    return this.#spare.memory;
  }

  async put(item) {
    try {
      await this.#change((rows) => rows.add(item));
    } catch {
      await this.#spare.put(item); // full or stuck: it still goes out from here, under the same id
    }
  }

  async all() {
    let found;
    await this.#change((rows) => (found = rows.index("code").getAll(this.#code)), "readonly");
    return [...found.result, ...(await this.#spare.all())];
  }

  async remove(keys) {
    await this.#spare.remove(keys);
    await this.#change((rows) => keys.forEach((key) => typeof key === "number" && rows.delete(key)));
  }

  // phones close a database behind our back: open it again once
  async #change(act, mode = "readwrite") {
    let change;
    try {
      change = this.#database.transaction("waiting", mode);
    } catch {
      this.#database = await openDatabase();
      change = this.#database.transaction("waiting", mode);
    }
    act(change.objectStore("waiting"));
    await settled(change, "oncomplete");
  }
}

// where there is no database (private windows): one entry each in localStorage, else in this page alone
class Plain {
  #prefix;
  #rows = new Map();
  #count = 0;

  constructor(code) {
    this.#prefix = `onnuri:waiting:${code}:`;
    this.memory = false;
  }

  async put(item) {
    this.#count += 1;
    const key = this.#prefix + Date.now() + String(this.#count).padStart(4, "0");
    this.#rows.set(key, { ...item, key });
    try {
      localStorage.setItem(key, JSON.stringify(item));
    } catch {
      this.memory = true; // this page must stay open until they are sent
    }
  }

  async all() {
    const found = new Map(this.#rows);
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith(this.#prefix)) found.set(key, { ...JSON.parse(localStorage.getItem(key)), key });
    } catch {
      // no storage at all: what this page holds is all there is
    }
    return [...found.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  async remove(keys) {
    for (const key of keys) {
      this.#rows.delete(key);
      try {
        localStorage.removeItem(key);
      } catch {
        // never got there
      }
    }
  }
}
