// A token made here, hidden, signed and laid bare again: RSABSSA-SHA384-PSS-Randomized of RFC 9474, as onnuri/blind.py.
// Plain numbers and our own SHA-384, so that it works on a hall's plain http too, where the browser's own is absent.
import { sha384 } from "../vendor/noble-hashes/sha2.js";

const SIZE = 256;
const E = 65537n;
const SALT = 48;
const TOKEN = 32;

/** A new token, hidden under the key of each channel: `sent` goes out, the rest stays on this phone. */
export function blind(code, keys) {
  const prefix = random(TOKEN);
  const hidden = Object.fromEntries(Object.entries(keys).map(([channel, n]) => [channel, hide(code, prefix, n)]));
  return { prefix: text(prefix), hidden };
}

function hide(code, prefix, key) {
  const n = number(bytes(key));
  const encoded = encode(sha384(message(code, prefix)), random(SALT));
  for (;;) {
    const r = number(random(SIZE)) % n;
    const inverse = inverted(r, n);
    if (inverse === null) continue;
    return { sent: text(octets((number(encoded) * power(r, E, n)) % n)), inverse: text(octets(inverse)) };
  }
}

/** The token as it is shown from now on; throws when the answer is no signature of what was sent. */
export function finalize(code, key, blinded, channel, signature) {
  const n = number(bytes(key));
  const own = (number(bytes(signature)) * number(bytes(blinded.hidden[channel].inverse))) % n;
  const prefix = bytes(blinded.prefix);
  if (!holds(sha384(message(code, prefix)), octets(power(own, E, n)))) throw new Error("not a signature");
  return `${blinded.prefix}.${text(octets(own))}`;
}

function message(code, prefix) {
  return joined(prefix, new TextEncoder().encode(`onnuri-voice-1/${code}`));
}

// ---- EMSA-PSS, RFC 8017 section 9.1

function encode(digest, salt) {
  const h = sha384(joined(new Uint8Array(8), digest, salt));
  const block = joined(new Uint8Array(SIZE - salt.length - digest.length - 2), new Uint8Array([1]), salt);
  const masked = xor(block, mask(h, block.length));
  masked[0] &= 0x7f;
  return joined(masked, h, new Uint8Array([0xbc]));
}

function holds(digest, encoded) {
  const h = encoded.slice(SIZE - digest.length - 1, SIZE - 1);
  const block = xor(encoded.slice(0, SIZE - digest.length - 1), mask(h, SIZE - digest.length - 1));
  block[0] &= 0x7f;
  const salt = block.slice(block.length - SALT);
  return same(encode(digest, salt), encoded);
}

function mask(seed, length) {
  const parts = [];
  for (let i = 0; i * 48 < length; i += 1) parts.push(sha384(joined(seed, new Uint8Array([0, 0, 0, i]))));
  return joined(...parts).slice(0, length);
}

// ---- numbers

function power(base, exponent, n) {
  let result = 1n;
  for (let e = exponent, b = base % n; e > 0n; e >>= 1n, b = (b * b) % n) if (e & 1n) result = (result * b) % n;
  return result;
}

function inverted(a, n) {
  let [r0, r1, s0, s1] = [n, a % n, 0n, 1n];
  while (r1 > 0n) [r0, r1, s0, s1] = [r1, r0 % r1, s1, s0 - (r0 / r1) * s1];
  return r0 === 1n && a > 1n ? ((s0 % n) + n) % n : null;
}

function number(octets) {
  let hex = "0x0";
  for (const one of octets) hex += one.toString(16).padStart(2, "0");
  return BigInt(hex);
}

function octets(n) {
  const hex = n.toString(16).padStart(2 * SIZE, "0");
  return Uint8Array.from({ length: SIZE }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

// ---- bytes

function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function xor(a, b) {
  return a.map((one, i) => one ^ b[i]);
}

function same(a, b) {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function text(octets) {
  return btoa(String.fromCharCode(...octets)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytes(written) {
  return Uint8Array.from(atob(written.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
}
