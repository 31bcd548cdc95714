// Comments: a press counts without leaving the place; what is asked first is asked over the page.
class CommentList extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("[data-dialog]");
    this.addEventListener("submit", (event) => this.#pressed(event));
    this.addEventListener("click", (event) => this.#clicked(event));
  }

  async #pressed(event) {
    const form = event.target;
    if (!form.matches("[data-press]")) return;
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: fieldsOf(form, event.submitter) });
      this.#show(answer, pageOf(await answer.text()), form);
    } catch {
      // without a network the browser says so, and the page is still there
      form.requestSubmit === undefined ? form.submit() : this.#natively(form, event.submitter);
    } finally {
      this.busy = false;
    }
  }

  #natively(form, submitter) {
    form.removeAttribute("data-press");
    form.requestSubmit(submitter);
  }

  // the comment as it stands now, in its place; one that has moved, or a sign-in, is gone to
  #show(answer, page, form) {
    const old = form.closest("[data-comment]");
    const fresh = page.getElementById(old.id);
    if (!answer.ok || !fresh) return location.assign(answer.url);
    const pressed = form.getAttribute("action");
    old.replaceWith(document.adoptNode(fresh));
    fresh.querySelector(`form[action="${pressed}"] button`)?.focus();
  }

  async #clicked(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      return this.dialog.close();
    }
    const link = event.target.closest("a[data-ask]");
    if (!link) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href);
      this.#ask(answer, pageOf(await answer.text()));
    } catch {
      location.assign(link.href);
    }
  }

  #ask(answer, page) {
    const question = page.querySelector("form[data-question]");
    if (!answer.ok || !question) return location.assign(answer.url);
    question.action = answer.url;
    this.dialog.querySelector("[data-heading]").textContent = page.querySelector("[data-heading]").textContent;
    this.dialog.querySelector("[data-place]").replaceChildren(document.adoptNode(question));
    this.dialog.showModal();
    question.querySelector("textarea")?.focus();
  }
}

const pageOf = (text) => new DOMParser().parseFromString(text, "text/html");

function fieldsOf(form, submitter) {
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.set(submitter.name, submitter.value);
  return fields;
}

customElements.define("comment-list", CommentList);
