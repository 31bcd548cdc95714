// Ed25519 verification (RFC 8032, 5.1.7): by the browser where it can, else by the code below.

const FIELD = (1n << 255n) - 19n;
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const CURVE_D = inField(-121665n * inverse(121666n));
const MINUS_ONE_ROOT = power(2n, (FIELD - 1n) / 4n);
const BASE = pointOf(inField(4n * inverse(5n)), 0n);

async function signatureHolds(key, signature, message) {
  return (await browserSays(key, signature, message)) ?? ed25519Holds(key, signature, message);
}

// true, false, or null where the browser does not know this kind of signature.
async function browserSays(key, signature, message) {
  try {
    const known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
  } catch {
    return null;
  }
}

// S B = R + k A, asked as S B - k A = R, byte for byte.
function ed25519Holds(key, signature, message) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const own = decoded(key);
  const s = littleEndian(signature.subarray(32));
  if (!own || s >= ORDER) return false;
  const nonce = signature.subarray(0, 32);
  const k = littleEndian(sha512(new Uint8Array([...nonce, ...key, ...message]))) % ORDER;
  return hex(encoded(bothTimes(BASE, s, negative(own), k))) === hex(nonce);
}

function littleEndian(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

function inField(value) {
  const rest = value % FIELD;
  return rest < 0n ? rest + FIELD : rest;
}

function power(base, exponent) {
  let result = 1n;
  let square = base;
  for (let left = exponent; left; left >>= 1n) {
    if (left & 1n) result = (result * square) % FIELD;
    square = (square * square) % FIELD;
  }
  return result;
}

function inverse(value) {
  return power(inField(value), FIELD - 2n);
}

function decoded(bytes) {
  const sign = BigInt(bytes[31] >> 7);
  const y = littleEndian(bytes) & ((1n << 255n) - 1n);
  return y < FIELD ? pointOf(y, sign) : null;
}

// The point (X : Y : Z : T) with this y, or null where there is none: x^2 = (y^2 - 1) / (d y^2 + 1).
function pointOf(y, sign) {
  const over = inField(y * y - 1n);
  const under = inField(CURVE_D * y * y + 1n);
  const cubed = power(under, 3n);
  let x = inField(over * cubed * power(inField(over * cubed * cubed * under), (FIELD - 5n) / 8n));
  if (inField(under * x * x) !== over) x = inField(x * MINUS_ONE_ROOT);
  if (inField(under * x * x) !== over || (!x && sign)) return null;
  if ((x & 1n) !== sign) x = FIELD - x;
  return [x, y, 1n, inField(x * y)];
}

function encoded([x, y, z]) {
  const unit = inverse(z);
  const value = inField(y * unit) | ((inField(x * unit) & 1n) << 255n);
  return Uint8Array.from(value.toString(16).padStart(64, "0").match(/../g), (pair) => Number(`0x${pair}`)).reverse();
}

function negative([x, y, z, t]) {
  return [inField(-x), y, z, inField(-t)];
}

// a P + b Q with one row of doublings.
function bothTimes(p, a, q, b) {
  const both = added(p, q);
  let sum = [0n, 1n, 1n, 0n];
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    sum = doubled(sum);
    const here = ((a >> bit) & 1n) + 2n * ((b >> bit) & 1n);
    if (here) sum = added(sum, here === 1n ? p : here === 2n ? q : both);
  }
  return sum;
}

function added([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % FIELD;
  const b = ((y1 + x1) * (y2 + x2)) % FIELD;
  const c = (((2n * CURVE_D * t1) % FIELD) * t2) % FIELD;
  const d = (2n * z1 * z2) % FIELD;
  return fromParts(b - a, d - c, d + c, b + a);
}

function doubled([x, y, z]) {
  const a = (x * x) % FIELD;
  const b = (y * y) % FIELD;
  const h = a + b;
  const g = a - b;
  return fromParts(h - (((x + y) * (x + y)) % FIELD), ((2n * z * z) % FIELD) + g, g, h);
}

function fromParts(e, f, g, h) {
  return [inField(e * f), inField(g * h), inField(f * g), inField(e * h)];
}
