// Joining with a code: the voice is made on this phone and signed unseen, so that nobody can join it to the code.
// Whatever goes wrong on the way is asked again with the same token; without this script the server makes the voice.
import { blind, finalize } from "./blind.js";

const WITHIN_MS = 12_000;
const form = document.querySelector("form[data-voice-keys]");
const code = form.dataset.code;
const keys = JSON.parse(form.dataset.voiceKeys);
const store = `onnuri-voice-${code}`;

form.addEventListener("submit", (event) => {
  const given = form.elements.seat_code?.value.trim();
  if (!given && !held().token) return; // an open join has nothing to hide
  event.preventDefault();
  join(given).catch(() => say(form.dataset.unreachable));
});

async function join(given) {
  busy(true);
  try {
    const token = held().token ?? (await minted(given));
    if (!token) return;
    const answer = await post("join", { voice: token, traits: traits() });
    if (!answer.ok) return refused(answer);
    keep({});
    location.assign(`/c/${code}`);
  } finally {
    busy(false);
  }
}

async function minted(given) {
  const before = held();
  // kept until its signature has come: a lost answer is asked for again, and the code is used up for this token alone
  const blinded = before.given === given && before.blinded ? before.blinded : blind(code, keys);
  keep({ given, blinded });
  const sent = Object.fromEntries(Object.entries(blinded.hidden).map(([channel, one]) => [channel, one.sent]));
  const answer = await post("mint", { seat_code: given, blinded: sent });
  if (!answer.ok) return refused(answer);
  const token = finalize(code, keys[answer.channel], blinded, answer.channel, answer.signature);
  keep({ token });
  return token;
}

function traits() {
  const given = [...form.querySelectorAll("[name^=trait-]")].filter((field) => field.value);
  return Object.fromEntries(given.map((field) => [field.name.slice(6), field.value]));
}

async function post(what, body) {
  const response = await fetch(`/api/v1/conversations/${code}/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(WITHIN_MS),
  });
  return response.json();
}

function refused({ error }) {
  // a card comes back and is no one-time code: its voice is made by the server
  if (error.key === "seat_code_unknown" || error.key === "no_voice_keys") return form.submit();
  if (error.key === "token_unsigned") keep({});
  say(error.message);
}

function say(words) {
  const place = form.querySelector("[data-refused]");
  place.hidden = false;
  place.querySelector("span").textContent = words;
  form.elements.seat_code?.focus();
}

function busy(on) {
  form.querySelector("button").setAttribute("aria-disabled", on);
}

function held() {
  try {
    return JSON.parse(localStorage.getItem(store)) ?? {};
  } catch {
    return {}; // a private window without storage: everything works, a lost answer needs the desk
  }
}

function keep(what) {
  try {
    if (Object.keys(what).length) localStorage.setItem(store, JSON.stringify(what));
    else localStorage.removeItem(store);
  } catch {
    /* see above */
  }
}
