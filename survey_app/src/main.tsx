// The start: the shell of the app, whatever the profile.

import { render } from "preact";

import { watchIdle } from "./idle.ts";
import { readLook } from "./look.ts";
import { takePlace } from "./one_window.ts";
import { App } from "./screens/App.tsx";
import { watchUpdates } from "./updates.ts";

readLook();
// where the address is not secure the browser gives neither locks nor keys: App says what to do
if (isSecureContext) {
  takePlace();
  watchIdle();
  watchUpdates();
}
render(<App />, document.getElementById("app")!);
