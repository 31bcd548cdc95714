// A statement that is read in translation: what was written is one tap away.

// what the page came with: as it was written, or translated with the original under it
export function readCard(heading, place) {
  const shown = { text: heading.textContent.trim(), lang: heading.lang };
  if (place.hidden) return shown;
  const { textContent: text, lang } = place.querySelector("p");
  return { text: text.trim(), lang, translation: { ...shown, machine: !place.querySelector("[data-machine]").hidden } };
}

export function showOriginal(place, { text, lang, translation }) {
  place.hidden = !translation;
  place.open = false;
  place.querySelector("[data-machine]").hidden = !translation?.machine;
  const words = place.querySelector("p");
  words.textContent = translation ? text : "";
  words.lang = lang;
}
