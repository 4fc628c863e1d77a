// Makes one photo smaller beside the screen, which hears every finger meanwhile (screens/household/review/pictures.ts).

import { shrunk } from "./photo.ts";

const worker: any = globalThis; // TypeScript knows a page or a worker, not both

worker.addEventListener("message", (event: MessageEvent<Blob>) => {
  shrunk(event.data).then(
    (small) => worker.postMessage(small),
    () => worker.postMessage(null),
  );
});
