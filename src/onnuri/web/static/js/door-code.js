// The text of a ticket's QR: code, dot, signature. WebCrypto where there is one, else two small libraries.
const TICKET = "onnuri-ticket-1";
const LIST = "onnuri-door-1";
const LONGEST = 200;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const CODE = /^[A-HJ-NP-Z2-9]{10}$/;

const bytes = (text) => new TextEncoder().encode(text);
const hex = (found) => Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// {code, signature}: the signature is null where none is written, and empty where it cannot be read
export function parts(written) {
  const [code, ...rest] = written.slice(0, LONGEST).replace(/\s+/gu, "").toUpperCase().split(".");
  return { code: code.replace(/[^\p{L}\p{N}]/gu, ""), signature: rest.length ? base32(rest.join(".")) : null };
}

function base32(text) {
  const out = [];
  let [held, bits] = [0, 0];
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return new Uint8Array();
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((held >> bits) & 0xff);
  }
  return Uint8Array.from(out);
}

export async function digestOf(code, slug) {
  const said = bytes(`${LIST}\n${slug}\n${code}`);
  const found = crypto.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", said)) : (await hashes()).sha256(said);
  return hex(found).slice(0, 20);
}

export class Signatures {
  #public;
  #key;

  constructor(publicKey) {
    this.#public = unhex(publicKey);
    this.#key = this.#own();
  }

  async holds({ code, signature }, slug) {
    if (signature.length !== 64) return false;
    const said = bytes(`${TICKET}\n${slug}\n${code}`);
    const key = await this.#key;
    if (key) return crypto.subtle.verify("Ed25519", key, signature, said);
    return (await library()).verify(signature, said, this.#public);
  }

  // null: this browser knows no Ed25519, or hides it outside https
  async #own() {
    try {
      return await crypto.subtle.importKey("raw", this.#public, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      await library().catch(() => {}); // now, while there is a network
      return null;
    }
  }

  ready() {
    return this.#key;
  }
}

let loaded;
const hashes = () => import("/static/vendor/noble-hashes/sha2.js");

function library() {
  loaded ??= (async () => {
    const [signing, { sha512 }] = await Promise.all([import("/static/vendor/noble-ed25519/index.js"), hashes()]);
    signing.hashes.sha512 = sha512;
    return signing;
  })();
  return loaded;
}
