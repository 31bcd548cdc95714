// An answer to a poll that came after its close: said once, on whatever page this phone is by then, until it is read.
const KEY = "onnuri:late";

export function tellLate(queue, words) {
  queue.addEventListener("refused", ({ detail }) => {
    if (detail.error?.key !== "poll_closed") return;
    keep(detail.error.message);
    show(words);
  });
  show(words);
}

export function forgetLate() {
  keep("");
  document.querySelector(".late-answer")?.remove();
}

// whether the next page will know of it
export function isKept() {
  try {
    return Boolean(sessionStorage.getItem(KEY));
  } catch {
    return false;
  }
}

function show(words) {
  const message = kept();
  if (!message || document.querySelector(".late-answer")) return;
  const note = Object.assign(document.createElement("div"), { className: "late-answer" });
  note.setAttribute("role", "status");
  document.body.append(note);
  const text = Object.assign(document.createElement("p"), { textContent: message });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words });
  close.addEventListener("click", forgetLate);
  note.append(text, close);
}

let here = "";

function kept() {
  try {
    return sessionStorage.getItem(KEY) ?? here;
  } catch {
    return here; // no storage: it is said on this page alone
  }
}

function keep(message) {
  here = message;
  try {
    if (message) sessionStorage.setItem(KEY, message);
    else sessionStorage.removeItem(KEY);
  } catch {
    // as above
  }
}
