// The moderation desk: one key per act, the next item takes the focus, new items come without stealing it.
const REFRESH = 5000;
const ASIDE = /value="[A-Za-z0-9]{64}"/g; // CSRF tokens differ on every page
const YEAR = 365 * 24 * 3600;

const $ = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
const main = $("main");

class ModQueue extends HTMLElement {
  #busy = false;

  connectedCallback() {
    setInterval(() => this.#refresh(), REFRESH);
    main.addEventListener("keydown", (event) => this.#typed(event));
    main.addEventListener("submit", (event) => this.#submitted(event));
    main.addEventListener("click", (event) => this.#clicked(event));
    addEventListener("popstate", () => this.#go(location.href, { keep: true }));
    this.keys = $("[data-keys]");
    this.keys.addEventListener("change", () => remember(this.keys.checked));
    if (document.activeElement === document.body) stand();
  }

  // --- keys

  #typed(event) {
    if (!this.keys.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    if (this.#act(event.key.toLowerCase())) event.preventDefault();
  }

  #act(key) {
    if (key === "j" || key === "k") return this.#step(key === "j" ? 1 : -1);
    if (key === "u") return press($("[data-undo] button"));
    if (key === "?") return unfold($("[data-help]"));
    if (key === "a" || key === "h") return press($(`[data-act="${key}"]`));
    if (key === "r") return choose();
    if (key === "m") return $("[data-merge]") ? hold($("[data-merge]")) : unfold($("[data-merge-box]"));
    if (key === "e") return unfold($("[data-suggest-box]"));
    return reason(key);
  }

  #step(by) {
    const links = all(".queue a");
    const now = links.findIndex((one) => one.getAttribute("aria-current"));
    const next = links[now + by];
    if (next) this.#go(next.href);
    return Boolean(next);
  }

  // --- going and sending without leaving the page

  #clicked(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (event.target.closest('[data-act="r"]') && choose()) return event.preventDefault();
    const link = event.target.closest(".queue a");
    if (!link) return;
    event.preventDefault();
    this.#go(link.href);
  }

  async #go(address, { keep = false } = {}) {
    const text = await this.#fetched(address);
    if (text === null) return location.assign(address);
    this.#show(text, address, { keep });
    stand();
  }

  async #submitted(event) {
    const form = event.target;
    if (form.method !== "post" || this.#busy) return this.#busy && event.preventDefault();
    event.preventDefault();
    this.#busy = true;
    const button = event.submitter;
    try {
      const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
      const text = await response.text();
      if (!text.includes("<mod-queue")) throw new Error(response.statusText);
      this.#show(text, response.ok ? response.url : location.href, { keep: !response.ok });
      if (response.ok) stand();
      else ($("[aria-invalid]") ?? $("[role=alert]") ?? $("[data-article]"))?.focus?.();
    } catch {
      // without the network the form goes the plain way, and the browser says what is wrong
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: button?.name ?? "" });
      field.value = button?.value ?? "";
      form.append(field);
      HTMLFormElement.prototype.submit.call(form);
    } finally {
      this.#busy = false;
    }
  }

  #show(text, address, { keep }) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    swap("list", fresh);
    swap("item", fresh);
    swap("wait", fresh);
    document.title = fresh.title;
    if (!keep) history.pushState(null, "", address);
  }

  async #fetched(address) {
    try {
      const response = await fetch(address, { headers: { accept: "text/html" } });
      const text = await response.text();
      return text.includes("<mod-queue") ? text : null;
    } catch {
      return null;
    }
  }

  // --- what comes in while somebody reads: the list alone, and only while the hand is not in it

  async #refresh() {
    if (document.hidden || this.#busy) return;
    const open = $("form[data-item]")?.dataset.item;
    const text = await this.#fetched(open ? `${this.dataset.url}?item=${encodeURIComponent(open)}` : this.dataset.url);
    if (text === null || this.#busy || open !== $("form[data-item]")?.dataset.item) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const known = new Set(all(".queue a").map((one) => one.dataset.key));
    const more = all(".queue a", fresh).some((one) => !known.has(one.dataset.key));
    const here = document.activeElement?.closest?.(".queue a")?.dataset.key;
    swap("list", fresh);
    swap("wait", fresh);
    document.title = fresh.title;
    if (here) all(".queue a").find((one) => one.dataset.key === here)?.focus();
    if (more) $("[data-said]").textContent = this.dataset.new;
    if (!open && $("form[data-item]", fresh)) swap("item", fresh);
  }
}

function swap(part, fresh) {
  const [old, next] = [$(`[data-live="${part}"]`), $(`[data-live="${part}"]`, fresh)];
  if (!old || !next || old.outerHTML.replace(ASIDE, "") === next.outerHTML.replace(ASIDE, "")) return;
  old.replaceWith(document.adoptNode(next));
}

// the hand is on the item, so that keys go to the desk and a screen reader says what is there
function stand() {
  const item = $("[data-article]");
  if (item) item.focus({ preventScroll: false });
  else $(".queue a, h1")?.focus();
}

function press(button) {
  if (!button) return false;
  button.click();
  return true;
}

function hold(element) {
  element?.focus();
  return Boolean(element);
}

function unfold(box) {
  if (!box) return false;
  box.open = true;
  return hold($("input, textarea", box) ?? $("summary", box));
}

function choose() {
  return hold($("[name=reason]:checked") ?? $("[name=reason]") ?? $("[name=outcome]"));
}

function reason(key) {
  const radio = /^\d$/.test(key) && all("[name=reason]")[key === "0" ? 9 : Number(key) - 1];
  if (!radio) return false;
  radio.checked = true;
  return hold($("[data-refuse]"));
}

function remember(on) {
  document.cookie = `desk_keys=${on ? "on" : "off"}; path=/; max-age=${YEAR}; samesite=lax`;
}

customElements.define("mod-queue", ModQueue);
