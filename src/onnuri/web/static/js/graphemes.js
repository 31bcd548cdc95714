// 300 characters are the same 300 on phone and server: graphemes after NFC
export function graphemes(text) {
  const composed = text.normalize("NFC").trim();
  if (!("Segmenter" in Intl)) return Array.from(composed).length;
  return Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(composed)).length;
}
