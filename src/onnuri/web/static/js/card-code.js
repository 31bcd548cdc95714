// The code of a card: typed, scanned by a device that types, or seen by the camera.
import { Camera, possible } from "./door-camera.js";

// a QR holds the address of the room with the code in it
export function codeIn(written) {
  const found = /[?&](?:seat_code|ticket)=([^&\s]+)/i.exec(written);
  return (found ? decodeURIComponent(found[1]) : written).toUpperCase().replace(/[^A-Z0-9]/g, "");
}

// the form with a field of the code, and a button for the camera where the browser allows one
export function readsCards(form) {
  const input = form.elements.seat_code;
  form.addEventListener("submit", () => (input.value = codeIn(input.value)));
  const box = form.querySelector("[data-camera]");
  const off = form.querySelector("[data-camera-off]");
  if (off) off.hidden = possible();
  if (!box || !possible()) return;
  box.hidden = false;
  const video = box.querySelector("video");
  const camera = new Camera(video, (text) => {
    camera.stop();
    video.hidden = true;
    input.value = codeIn(text);
    form.requestSubmit();
  });
  box.querySelector("button").addEventListener("click", async () => {
    video.hidden = false;
    await camera.start().catch(() => (video.hidden = true));
  });
}
