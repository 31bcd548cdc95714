"use strict";
// SHA-256 and SHA-512 (FIPS 180-4), written out: a page opened from disk cannot count on the browser's own.

const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256Hex = (text) => hex(sha256(typeof text === "string" ? utf8(text) : text));

const PRIMES = firstPrimes(80);
// The first 64 bits behind the point of the square and cube roots of primes; SHA-256 uses the first 32 of them.
const SQUARE_ROOTS = PRIMES.slice(0, 8).map((prime) => BigInt.asUintN(64, root(BigInt(prime) << 128n, 2n)));
const CUBE_ROOTS = PRIMES.map((prime) => BigInt.asUintN(64, root(BigInt(prime) << 192n, 3n)));

function firstPrimes(count) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    if (found.every((prime) => number % prime)) found.push(number);
  }
  return found;
}

// The whole part of the `degree`th root, by Newton from above.
function root(value, degree) {
  let guess = 1n << (BigInt(value.toString(2).length) / degree + 1n);
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (next >= guess) return guess;
    guess = next;
  }
}

// The message, a one, zeros, and its length in bits at the end of the last block.
function padded(bytes, block) {
  const space = block / 8 + 1;
  const whole = new Uint8Array(Math.ceil((bytes.length + space) / block) * block);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  new DataView(whole.buffer).setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n);
  return new DataView(whole.buffer);
}

function sha256(bytes) {
  const state = Uint32Array.from(SQUARE_ROOTS, (bits) => Number(bits >> 32n));
  const constants = Uint32Array.from(CUBE_ROOTS.slice(0, 64), (bits) => Number(bits >> 32n));
  const message = padded(bytes, 64);
  const words = new Uint32Array(64);
  for (let start = 0; start < message.byteLength; start += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = message.getUint32(start + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const x = words[i - 15];
      const y = words[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = words[i - 16] + s0 + words[i - 7] + s1;
    }
    mix256(state, words, constants);
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setUint32(4 * i, word));
  return new Uint8Array(digest.buffer);
}

function mix256(state, words, constants) {
  // One by one: as a list this would take twice as long, and it runs for every 64 bytes.
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + constants[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

// Only signatures ask for this one, of a few blocks each: BigInt is fast enough, and short.
function sha512(bytes) {
  const cut = (value) => BigInt.asUintN(64, value);
  const turn = (value, bits) => cut((value >> bits) | (value << (64n - bits)));
  const state = [...SQUARE_ROOTS];
  const message = padded(bytes, 128);
  for (let start = 0; start < message.byteLength; start += 128) {
    const words = Array.from({ length: 16 }, (_, i) => message.getBigUint64(start + 8 * i));
    for (let i = 16; i < 80; i += 1) {
      const [x, y] = [words[i - 15], words[i - 2]];
      const s0 = turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n);
      const s1 = turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n);
      words.push(cut(words[i - 16] + s0 + words[i - 7] + s1));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i += 1) {
      const s1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
      const one = h + s1 + ((e & f) ^ (cut(~e) & g)) + CUBE_ROOTS[i] + words[i];
      const s0 = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n);
      const two = s0 + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [cut(one + two), a, b, c, cut(d + one), e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = cut(state[i] + word);
    });
  }
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => digest.setBigUint64(8 * i, word));
  return new Uint8Array(digest.buffer);
}
