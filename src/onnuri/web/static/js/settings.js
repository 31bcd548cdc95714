// Every choice shows at once in the sample; the home screen where the browser offers it.
const form = document.querySelector("[data-reading]");
const page = document.documentElement;

form.addEventListener("change", ({ target: { name, value } }) => {
  if (name === "lang") return;
  if (value) page.dataset[name] = value;
  else delete page.dataset[name];
});

const home = document.querySelector("[data-home]");
if (isSecureContext) {
  home.querySelector("[data-home-off]").hidden = true;
  home.querySelector("[data-home-how]").hidden = false;
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  const button = home.querySelector("button");
  button.parentElement.hidden = false;
  button.addEventListener("click", () => event.prompt());
});
