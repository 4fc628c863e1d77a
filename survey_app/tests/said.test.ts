// What is told where something went wrong: never a word that is none.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NotOpened } from "../src/disk/vault.ts";
import { said } from "../src/words/said.ts";

test("a wrong passphrase is told without a count of tries: there is none", () => {
  assert.equal(said(new NotOpened({ why: "wrong", left: Infinity })), "Chưa đúng, xin thử lại.");
  assert.match(said(new NotOpened({ why: "wrong", left: 4 })), /Còn 4 lần thử/);
});
