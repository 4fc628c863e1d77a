// Builds dist/: the app, its styles, its service worker with the list of what it keeps. `node build.mjs`.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const MOST_BYTES = 150_000;
const OUT = "dist";

// The version is that of the sources (the lock file names the compiler): both scripts carry it, and the same sources give
// the same files.
const sources = ["src", "public"].flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/"))
  .concat("build.mjs", "package-lock.json")
  .sort();
const hash = createHash("sha256");
for (const path of sources) hash.update(path).update("\0").update(readFileSync(path)).update("\0");
const version = hash.digest("hex").slice(0, 16);

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
cpSync("public", OUT, { recursive: true });
const shared = { bundle: true, minify: true, target: "es2022", format: "esm", outdir: OUT, logLevel: "warning", legalComments: "none" };
await build({ ...shared, entryPoints: ["src/main.tsx", "src/photo_worker.ts", "src/style.css"], jsx: "automatic", jsxImportSource: "preact", define: { BUILD: JSON.stringify(version) } });

// What the service worker keeps, with what it must be: [path, integrity].
const kept = readdirSync(OUT).sort().map((name) => [name === "index.html" ? "./" : name, `sha256-${createHash("sha256").update(readFileSync(`${OUT}/${name}`)).digest("base64")}`]);
await build({ ...shared, entryPoints: ["src/sw.ts"], define: { BUILD: JSON.stringify(version), FILES: JSON.stringify(kept) } });
writeFileSync(`${OUT}/version.json`, JSON.stringify({ version }));

const packed = readdirSync(OUT).reduce((sum, name) => sum + gzipSync(readFileSync(`${OUT}/${name}`)).length, 0);
console.log(`survey app ${version}: ${Math.round(packed / 1000)} kB packed`);
if (packed > MOST_BYTES) throw new Error(`the whole download is ${packed} bytes packed, at most ${MOST_BYTES}`);
