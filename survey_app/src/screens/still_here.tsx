// What is on this tablet alone beside the pieces of work: photos, and what the disk has spoilt. Nothing goes unseen.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { keptFiles } from "../disk/files.ts";
import { damagedWork } from "../disk/outbox.ts";
import type { Tablet } from "../tablet.ts";
import { problemWords } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { Notice } from "./parts.tsx";

const WORDS = texts({
  kept: ["Ảnh và chữ ký còn trên máy: {n}. Máy giữ lại cho đến khi máy chủ nhận và sao lưu xong.", "Photos and signatures on this tablet: {n}. They stay until the server has them, and a backup of them."],
  damaged: ["Bộ nhớ của máy làm hỏng {n} ảnh, không gửi được. Xin chụp lại nếu còn dịp.", "This tablet's memory has spoilt {n} photos, which cannot be sent. Take them again if you can."],
  refused: ["Máy chủ không nhận {n} ảnh: {why}", "The server does not take {n} photos: {why}"],
  spoilt: ["Bộ nhớ của máy làm hỏng {n} phiếu, chưa gửi được. Phần còn đọc được vẫn nằm trên máy: xin đừng gỡ ứng dụng, hãy báo cán bộ xã.", "This tablet's memory has spoilt {n} pieces of work, which cannot be sent. What is left of them is kept: do not remove the app, and tell the commune officer."],
});

/** `nothing`: what is said where nothing of all this is there. */
export function StillHere({ tablet, nothing }: { tablet: Tablet; nothing: string | null }): JSX.Element {
  const kept = useSignal<number | null>(null);
  const told = tablet.files.value;
  const outbox = tablet.outbox.value;
  useEffect(() => void keptFiles(tablet.opened).then((files) => (kept.value = files.length), () => undefined), [told, outbox]);
  const spoilt = damagedWork(tablet.opened);
  const damaged = told.filter((one) => one.state === "damaged").length;
  const refused = told.filter((one) => one.state === "refused");
  const why = refused[0]?.problem ?? null;
  return (
    <>
      {spoilt > 0 && <Notice kind="fault">{say(WORDS.spoilt, { n: spoilt })}</Notice>}
      {damaged > 0 && <Notice kind="warning">{say(WORDS.damaged, { n: damaged })}</Notice>}
      {why !== null && <Notice kind="warning">{say(WORDS.refused, { n: refused.length, why: problemWords(why) })}</Notice>}
      {kept.value !== null && kept.value > 0 && <Notice kind="info">{say(WORDS.kept, { n: kept.value })}</Notice>}
      {nothing !== null && kept.value === 0 && spoilt === 0 && <Notice kind="good">{nothing}</Notice>}
    </>
  );
}
