// The rule of the door, as conference/door.py has it: a browser test holds the two side by side.

// scans of one ticket: {act, at (ms), device, counter}; what stands, the earliest first
export function standing(scans) {
  const known = new Map(scans.map((scan) => [`${scan.device}\n${scan.counter}`, scan]));
  let stands = [];
  const strangers = [];
  for (const scan of [...known.values()].sort(byDevice)) {
    if (scan.act === "in") {
      stands.push(scan);
      continue;
    }
    const own = stands.findLast((one) => one.device === scan.device);
    if (own) stands = stands.filter((one) => one !== own);
    else strangers.push(scan);
  }
  const gone = (one) =>
    strangers.some((undo) => one.at <= undo.at && !(undo.device === one.device && one.counter > undo.counter));
  return stands.filter((one) => !gone(one)).sort(byTime);
}

const order = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
// by code points, as Python sorts: UTF-16 puts emoji before some letters
const name = (text) => Array.from(text, (c) => c.codePointAt(0).toString(16).padStart(6, "0")).join("");
const byDevice = (a, b) => order(name(a.device), name(b.device)) || a.counter - b.counter;
const byTime = (a, b) => a.at - b.at || byDevice(a, b);

// --- finding people

const INITIALS = Array.from("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ");
// keyboards join two initials that are typed in a row
const CLUSTERS = { ㄳ: "ㄱㅅ", ㄵ: "ㄴㅈ", ㄶ: "ㄴㅎ", ㄺ: "ㄹㄱ", ㄻ: "ㄹㅁ", ㄼ: "ㄹㅂ", ㄽ: "ㄹㅅ", ㄾ: "ㄹㅌ", ㄿ: "ㄹㅍ", ㅀ: "ㄹㅎ", ㅄ: "ㅂㅅ" };

export const letters = (text) => Array.from(text.normalize("NFC").toLowerCase().replace(/\s+/gu, ""));

export const asked = (query) => letters(Array.from(query.normalize("NFC"), (c) => CLUSTERS[c] ?? c).join(""));

export function matches(query, text) {
  if (!query.length) return false;
  for (let start = 0; start + query.length <= text.length; start++)
    if (query.every((one, i) => one === text[start + i] || one === initial(text[start + i]))) return true;
  return false;
}

function initial(letter) {
  const at = letter.codePointAt(0) - 0xac00;
  return at >= 0 && at <= 11171 ? INITIALS[Math.floor(at / 588)] : letter;
}

// --- a hand scanner is a keyboard: with the Korean layout on, a code comes in as Hangul

const KEYS = {
  ㄱ: "r", ㄲ: "r", ㄴ: "s", ㄷ: "e", ㄸ: "e", ㄹ: "f", ㅁ: "a", ㅂ: "q", ㅃ: "q", ㅅ: "t", ㅆ: "t", ㅇ: "d", ㅈ: "w",
  ㅉ: "w", ㅊ: "c", ㅋ: "z", ㅌ: "x", ㅍ: "v", ㅎ: "g", ㅏ: "k", ㅐ: "o", ㅑ: "i", ㅒ: "o", ㅓ: "j", ㅔ: "p", ㅕ: "u",
  ㅖ: "p", ㅗ: "h", ㅘ: "hk", ㅙ: "ho", ㅚ: "hl", ㅛ: "y", ㅜ: "n", ㅝ: "nj", ㅞ: "np", ㅟ: "nl", ㅠ: "b", ㅡ: "m",
  ㅢ: "ml", ㅣ: "l", ㄳ: "rt", ㄵ: "sw", ㄶ: "sg", ㄺ: "fr", ㄻ: "fa", ㄼ: "fq", ㄽ: "ft", ㄾ: "fx", ㄿ: "fv", ㅀ: "fg",
  ㅄ: "qt",
};
const FIRST = INITIALS;
const MIDDLE = Array.from("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ");
const LAST = ["", ...Array.from("ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")];

export function typed(text) {
  return Array.from(text.normalize("NFC"), (letter) => {
    const at = letter.codePointAt(0) - 0xac00;
    const jamo = at >= 0 && at <= 11171 ? [FIRST[Math.floor(at / 588)], MIDDLE[Math.floor(at / 28) % 21], LAST[at % 28]] : [letter];
    return jamo.map((one) => KEYS[one] ?? one).join("");
  }).join("");
}
