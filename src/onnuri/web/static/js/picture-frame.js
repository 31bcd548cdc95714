// A picture that is shown as large as the screen when it is pressed. Escape, the button and a press beside it close.
class PictureFrame extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    this.querySelector("[data-enlarge]").addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      dialog.showModal();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
  }
}

customElements.define("picture-frame", PictureFrame);
