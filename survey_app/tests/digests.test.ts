// The digests of convergence: every vector gives in JavaScript what the server and the reference client reckon.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { digests, recordHash } from "../src/digests.ts";

const path = new URL("../../tests/vectors/digests.json", import.meta.url);
const { hashes, cases } = JSON.parse(readFileSync(path, "utf8"));

test("the hash of a record", async () => {
  for (const { hash, ...record } of hashes) {
    assert.equal((await recordHash(record)).toString(16).padStart(16, "0"), hash);
  }
});

for (const { name, records, area, buckets } of cases) {
  test(name, async () => assert.deepEqual(await digests(records), { area, buckets }));
}
