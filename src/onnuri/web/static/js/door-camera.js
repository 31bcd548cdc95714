// The camera: the browser's own reader of codes where there is one, else a worker that brings its own.
const EVERY = 120;
const SAME = 3000;

export const possible = () => isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);

export class Camera {
  #video;
  #stream;
  #found;
  #last = "";
  #at = 0;

  constructor(video, found) {
    this.#video = video;
    this.#found = found;
  }

  async start() {
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    const detect = await detector();
    this.#look(detect);
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
  }

  async #look(detect) {
    while (this.#stream) {
      const begun = performance.now();
      const text = document.hidden ? null : await detect(this.#video).catch(() => null);
      if (text) this.#once(text);
      await new Promise((done) => setTimeout(done, Math.max(0, EVERY - (performance.now() - begun))));
    }
  }

  // one ticket held before the camera is one scan
  #once(text) {
    const again = text === this.#last && performance.now() - this.#at < SAME;
    [this.#last, this.#at] = [text, performance.now()];
    if (!again) this.#found(text);
  }
}

async function detector() {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code")) {
    const own = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await own.detect(video))[0]?.rawValue ?? null;
  }
  const worker = new Worker("/door/decoder.js", { type: "module" });
  await answerOf(worker);
  return async (video) => {
    const picture = await createImageBitmap(video);
    worker.postMessage(picture, [picture]);
    return answerOf(worker);
  };
}

const answerOf = (worker) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
