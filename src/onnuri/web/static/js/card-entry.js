// Paper at the desk: a row of O △ X after another, by one hand on the keyboard.
import { readsCards } from "./card-code.js";

const KEYS = { 1: "1", 2: "0", 3: "-1", o: "1", t: "0", x: "-1", ㅐ: "1", ㅅ: "0", ㅌ: "-1", 0: "" };

const code = document.querySelector("[data-card-form]");
if (code) readsCards(code);

const entry = document.querySelector("[data-entry]");
const rows = entry ? Array.from(entry.querySelectorAll("[data-row]")) : [];

entry?.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || document.documentElement.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const value = KEYS[event.key.toLowerCase()];
  if (step === undefined && value === undefined) return;
  event.preventDefault();
  if (value !== undefined) choose(row, value);
  go(row, step ?? 1);
});
entry?.addEventListener("change", count);

function choose(row, value) {
  for (const radio of row.querySelectorAll("input")) radio.checked = radio.value === value;
  count();
}

// left and right stay the browser's own, within a row
function go(from, step) {
  const next = rows[rows.indexOf(from) + step];
  if (next) return (next.querySelector(":checked") ?? next.querySelector("input")).focus();
  if (step > 0) entry.querySelector("button.button-main").focus();
}

function count() {
  const said = entry.querySelector("[data-count]");
  said.textContent = said.dataset.text.replace("{n}", entry.querySelectorAll("[data-row] :checked").length);
}

(entry ? (rows[0]?.querySelector(":checked") ?? rows[0]?.querySelector("input")) : code?.elements.seat_code)?.focus();
if (entry) count();

document.querySelector("[data-print]")?.addEventListener("click", () => print());
