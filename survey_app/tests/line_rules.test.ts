// The line without a network: what is asked again, how long it waits, what is believed, and whose tokens are kept.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Line, type LineOptions, Refused, SignedOut, Unreachable } from "../src/line/line.ts";
import { retryAfter } from "../src/line/patience.ts";

const OURS = { "X-Trace-Id": "t", "Content-Type": "application/json" };
const TOKENS = { access_token: "a1", refresh_token: "r1" };

type Asked = { path: string; method: string; headers: Headers; body: unknown };

const json = (content: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(content), { status, headers: { ...OURS, ...headers } });
const problem = (status: number, slug: string, headers: Record<string, string> = {}) => json({ type: `/problems/${slug}`, title: slug, status }, status, headers);

/** A line whose server answers these, one after the other; what it asked, how long it paused, which tokens it kept. */
function lineTo(answers: (Response | Error | ((asked: Asked) => Response))[], options: Partial<LineOptions> = {}) {
  const asked: Asked[] = [];
  const pauses: number[] = [];
  const kept: string[] = [];
  const fetch = async (url: string | URL | Request, request?: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(String(url));
    asked.push({ path: pathname + search, method: request!.method!, headers: new Headers(request!.headers), body: request!.body });
    assert.deepEqual([request!.redirect, request!.credentials, request!.cache], ["manual", "omit", "no-store"]);
    const answer = answers.shift() ?? new Error("nobody answers");
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer(asked.at(-1)!) : answer;
  };
  const line = new Line({
    server: "http://server",
    refreshToken: "r0",
    keepRefreshToken: async (token) => void kept.push(token),
    fetch: fetch as typeof globalThis.fetch,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    attempts: 3,
    ...options,
  });
  return { line, asked, pauses, kept };
}

test("a refreshed token is on the disk before it is used, and the call goes with it", async () => {
  const { line, asked, kept } = lineTo([json(TOKENS), json({ n: 1 })]);
  assert.deepEqual(await (await line.call("GET", "/x", { query: { limit: 5, cursor: null } })).json(), { n: 1 });
  assert.deepEqual(asked.map((one) => one.path), ["/api/v1/auth/refresh", "/x?limit=5"]);
  assert.equal(asked[1]!.headers.get("Authorization"), "Bearer a1");
  assert.deepEqual(kept, ["r1"]);
});

test("a disk that refuses the new token leaves the old one in use", async () => {
  const { line, asked } = lineTo([json(TOKENS), json(TOKENS), json({})], { keepRefreshToken: failsOnce() });
  await assert.rejects(line.call("GET", "/x"), /full/);
  await line.call("GET", "/x");
  assert.deepEqual(asked.slice(0, 2).map((one) => JSON.parse(String(one.body))), [{ refresh_token: "r0" }, { refresh_token: "r0" }]);
});

function failsOnce() {
  let left = 1;
  return async () => {
    if (left-- > 0) throw new Error("full");
  };
}

test("an access token that has expired is renewed once, for all who ask at the same time", async () => {
  const answer = (asked: Asked) => (asked.headers.get("Authorization") === "Bearer a2" ? json({}) : problem(401, "not-signed-in"));
  const { line, asked } = lineTo([json(TOKENS), json({}), answer, answer, json({ access_token: "a2", refresh_token: "r2" }), answer, answer]);
  await line.call("GET", "/before");
  await Promise.all([line.call("GET", "/one"), line.call("GET", "/two")]);
  assert.equal(asked.filter((one) => one.path.endsWith("/refresh")).length, 2);
});

test("who is refused the refresh is signed out; a revoked tablet is told so and does not refresh", async () => {
  const { line } = lineTo([problem(401, "not-signed-in")]);
  await assert.rejects(line.call("GET", "/x"), (error) => error instanceof SignedOut && error.slug === "not-signed-in");
  const revoked = lineTo([json(TOKENS), problem(401, "device-revoked")]);
  await assert.rejects(revoked.line.call("GET", "/x"), (error) => error instanceof SignedOut && error.slug === "device-revoked");
  assert.equal(revoked.asked.length, 2);
  const never = lineTo([], { refreshToken: null });
  await assert.rejects(never.line.call("GET", "/x"), SignedOut);
  assert.equal(never.asked.length, 0);
});

const portal = () => new Response("<html>Dang nhap</html>", { status: 200, headers: { "Content-Type": "text/html" } });
const strangers: [string, () => Response][] = [
  ["the page of a Wi-Fi", portal],
  ["a Wi-Fi that sends elsewhere", () => new Response(null, { status: 302, headers: { Location: "http://10.0.0.1/" } })],
  ["somebody's 401", () => new Response("{}", { status: 401 })],
  ["somebody's 404", () => new Response("no", { status: 404 })],
  ["a gateway", () => new Response("", { status: 502 })],
  ["half an answer", () => new Response('{"n":', { status: 200, headers: OURS })],
];
for (const [name, stranger] of strangers) {
  test(`${name} is no answer: asked again, and then unreachable`, async () => {
    const { line, asked } = lineTo([json(TOKENS), stranger(), json({ n: 2 })]);
    assert.deepEqual(await (await line.call("POST", "/x", { json: { a: 1 } })).json(), { n: 2 });
    assert.deepEqual(asked.slice(1).map((one) => one.body), ['{"a":1}', '{"a":1}']);
    const never = lineTo([json(TOKENS), stranger(), stranger(), stranger()]);
    await assert.rejects(never.line.call("GET", "/x"), Unreachable);
    assert.equal(never.asked.length, 4);
  });
}

test("a refusal is the server's words, and is not asked again; a proxy's 413 is believed", async () => {
  const { line, asked } = lineTo([json(TOKENS), problem(409, "conflict"), new Response("too large", { status: 413 })]);
  await assert.rejects(line.call("GET", "/x"), (error) => error instanceof Refused && error.slug === "conflict" && error.status === 409);
  await assert.rejects(line.call("GET", "/x"), (error) => error instanceof Refused && error.status === 413);
  assert.equal(asked.length, 3);
});

test("Retry-After comes before the pause, which is never the same for all", async () => {
  const pauses: number[] = [];
  for (let times = 0; times < 50; times++) {
    const made = lineTo([json(TOKENS), problem(503, "unavailable", { "Retry-After": "30" }), json({})]);
    await made.line.call("GET", "/x");
    pauses.push(...made.pauses);
  }
  assert.ok(pauses.every((pause) => pause >= 30_000 && pause <= 31_000));
  assert.ok(Math.max(...pauses) - Math.min(...pauses) > 500);
});

test("a long wait is told and not slept through; a date counts by the server's clock", async () => {
  const { line, pauses } = lineTo([json(TOKENS), problem(429, "too-many-attempts", { "Retry-After": "86400" })]);
  await assert.rejects(line.call("GET", "/x"), (error) => error instanceof Unreachable && error.retryAfter === 900);
  assert.deepEqual(pauses, []);
  const dated = new Headers({ Date: "Mon, 01 Jan 2029 00:00:00 GMT", "Retry-After": "Mon, 01 Jan 2029 00:00:40 GMT" });
  assert.equal(retryAfter(dated), 40_000);
  assert.equal(retryAfter(new Headers({ "Retry-After": "soon" })), 0);
});

test("a line on which nothing moves is given up, and one that crawls is not", async () => {
  const silent = (request?: RequestInit) => new Promise<Response>((_, no) => request!.signal!.addEventListener("abort", () => no(request!.signal!.reason)));
  const dead = lineTo([], { fetch: ((_: string, request?: RequestInit) => silent(request)) as typeof fetch, silentMs: 20, attempts: 1 });
  await assert.rejects(dead.line.signIn("x", "x", null), Unreachable);
  const text = JSON.stringify(TOKENS);
  const crawling = () => new ReadableStream({ start: (control) => drip(control, [...text]) });
  const slow = lineTo([new Response(crawling(), { headers: OURS })], { silentMs: 200, attempts: 1 });
  const started = Date.now();
  await slow.line.signIn("x", "x", null);
  assert.ok(Date.now() - started > 250, "it took longer than the silence that is allowed");
});

function drip(control: ReadableStreamDefaultController, letters: string[]): void {
  const letter = letters.shift();
  if (letter === undefined) return control.close();
  control.enqueue(new TextEncoder().encode(letter));
  setTimeout(() => drip(control, letters), 8);
}

test("the app that is locked asks no further, and does not wait out its pause", async () => {
  const ending = new AbortController();
  const { line, asked } = lineTo([new Error("no line")], { signal: ending.signal, attempts: 6 });
  setTimeout(() => ending.abort(), 20);
  await assert.rejects(new Line({ server: "http://127.0.0.1:9", refreshToken: "r", keepRefreshToken: async () => undefined, signal: ending.signal }).call("GET", "/x"), Unreachable);
  await assert.rejects(line.call("GET", "/x"), Unreachable);
  assert.equal(asked.length, 0);
});

test("a server below a path of another host", async () => {
  const { line, asked } = lineTo([json(TOKENS), json({})], { server: "https://xa.example/giamngheo/" });
  await line.call("GET", "/sync/v1/info");
  assert.equal(asked[1]!.path, "/giamngheo/sync/v1/info");
});

test("a refusal without words is told in ours: never an empty notice", async () => {
  const page = new Response("<html>Request Entity Too Large</html>", { status: 413, headers: { "Content-Type": "text/html" } });
  for (const answer of [page, json({}, 409), json(null, 422)]) {
    const { line } = lineTo([json(TOKENS), answer]);
    const refused = await line.call("GET", "/x").then(() => null, (error: unknown) => error as Refused);
    assert.match(refused!.problem.details!.vi, /Phiếu vẫn còn nguyên trên máy/);
  }
});
