// Reads QR codes in pictures, in a worker of its own: the only script here that may compile WebAssembly.
import { BarcodeDetector, prepareZXingModule } from "/static/vendor/barcode-detector/ponyfill.js";

prepareZXingModule({ overrides: { locateFile: () => "/static/vendor/zxing-wasm/zxing_reader.wasm" } });
const detector = new BarcodeDetector({ formats: ["qr_code"] });

onmessage = async ({ data }) => {
  let text = null;
  try {
    text = (await detector.detect(data))[0]?.rawValue ?? null;
  } catch {
    // a picture that was not ready: the next one comes
  }
  data.close?.();
  postMessage(text);
};
postMessage("ready");
