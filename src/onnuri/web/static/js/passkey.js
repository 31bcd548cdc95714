// Passkeys: the browser signs what the server asked for, and a plain form carries the answer back.
// Where the browser has none, the buttons stay hidden and the password does.

const able = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Without what is null: a browser takes a missing field, not an empty one. */
const filled = (thing) =>
  Array.isArray(thing)
    ? thing.map(filled)
    : thing && typeof thing === "object"
      ? Object.fromEntries(Object.entries(thing).flatMap(([k, v]) => (v === null ? [] : [[k, filled(v)]])))
      : thing;

const made = async (asked) => {
  const options = filled(asked.publicKey);
  options.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
};

const shown = async (asked) =>
  navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(filled(asked.publicKey)) });

const asked = async (form) => {
  const here = form.querySelector("script[type='application/json']");
  if (here) return JSON.parse(here.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`passkey: ${answer.status}`);
  return answer.json();
};

const sign = async (form) => {
  const told = await asked(form);
  const credential = told.creation_options ? await made(told.creation_options) : await shown(told.request_options);
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  HTMLFormElement.prototype.submit.call(form);
};

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !able;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = form.querySelector("[data-passkey-said]");
    said.hidden = true;
    sign(form).catch(() => {
      said.hidden = false;
    });
  });
}
for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = able;
