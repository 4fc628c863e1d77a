// The start: the shell of the app, whatever the profile.

import { render } from "preact";

import { App } from "./screens/App.tsx";

render(<App />, document.getElementById("app")!);
