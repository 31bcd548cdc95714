// The stream comes after the visitor has agreed, without loading the page anew; before that no other host hears of it.
const section = document.querySelector("#stream");

section?.querySelector("form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const player = section.querySelector("template[data-player]").content.cloneNode(true);
  event.target.replaceWith(player);
  section.querySelector(".player").focus();
});
