// What a door device keeps: its own name, the list, its log of scans, and what other doors scanned.
const STUCK = 2000;
const STORES = ["own", "list", "log", "scans"];

export async function openStore(slug) {
  try {
    return new Kept(slug, await openDatabase());
  } catch {
    return new Fleeting();
  }
}

function newWord() {
  return Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => (byte % 36).toString(36)).join("");
}

function openDatabase() {
  const request = indexedDB.open("onnuri-door", 1);
  request.onupgradeneeded = () => {
    const made = request.result;
    made.createObjectStore("own");
    made.createObjectStore("list");
    // One key for all tabs of this browser, given by the database: no two scans share a counter.
    made.createObjectStore("log", { keyPath: "counter", autoIncrement: true }).createIndex("slug", "slug");
    made.createObjectStore("scans", { keyPath: ["slug", "id"] });
  };
  return settled(request, "onsuccess").then(() => request.result);
}

const settled = (asked, good) =>
  new Promise((resolve, reject) => {
    asked[good] = resolve;
    asked.onerror = asked.onabort = asked.onblocked = () => reject(asked.error);
    setTimeout(reject, STUCK);
  });

class Kept {
  memory = false;
  #slug;
  #database;

  constructor(slug, database) {
    this.#slug = slug;
    this.#database = database;
  }

  async load() {
    let [own, list, log, scans] = [];
    await this.#change(STORES, (stores) => {
      own = stores.own.get(this.#slug);
      list = stores.list.get(this.#slug);
      log = stores.log.index("slug").getAll(this.#slug);
      scans = stores.scans.getAll(this.#mine());
    }, "readonly");
    return { own: own.result ?? (await this.#named()), list: list.result, log: log.result, scans: scans.result };
  }

  // Two tabs may open at once: the first to write gives the device its name.
  async #named() {
    let found;
    await this.#change(["own"], ({ own }) => {
      const asked = own.get(this.#slug);
      asked.onsuccess = () => {
        found = asked.result ?? { word: newWord(), label: "" };
        if (!asked.result) own.put(found, this.#slug);
      };
    });
    return found;
  }

  async name(own) {
    await this.#change(["own"], (stores) => stores.own.put(own, this.#slug));
  }

  // the scan with its counter, once it is kept
  async add(scan) {
    let asked;
    const row = { ...scan, slug: this.#slug };
    await this.#change(["log"], ({ log }) => (asked = log.add(row)));
    return { ...row, counter: asked.result };
  }

  async change(rows) {
    await this.#change(["log"], ({ log }) => rows.forEach((row) => log.put(row)));
  }

  async keep(list, scans) {
    await this.#change(["list", "scans"], (stores) => {
      if (list) stores.list.put(list, this.#slug);
      scans.forEach((scan) => stores.scans.put({ ...scan, slug: this.#slug }));
    });
  }

  // names and scans of others go; what is not sent yet stays
  async forget() {
    await this.#change(["list", "scans"], (stores) => {
      stores.list.delete(this.#slug);
      stores.scans.delete(this.#mine());
    });
  }

  #mine() {
    return IDBKeyRange.bound([this.#slug, 0], [this.#slug, Number.MAX_SAFE_INTEGER]);
  }

  // phones close a database behind our back: open it again once
  async #change(names, act, mode = "readwrite") {
    let change;
    try {
      change = this.#database.transaction(names, mode);
    } catch {
      this.#database = await openDatabase();
      change = this.#database.transaction(names, mode);
    }
    act(Object.fromEntries(names.map((name) => [name, change.objectStore(name)])));
    await settled(change, "oncomplete");
  }
}

// where there is no database: this page alone, and the page says so
class Fleeting {
  memory = true;
  #count = 0;

  async load() {
    return { own: { word: newWord(), label: "" }, list: undefined, log: [], scans: [] };
  }

  async add(scan) {
    this.#count += 1;
    return { ...scan, counter: this.#count };
  }

  async name() {}
  async change() {}
  async keep() {}
  async forget() {}
}
