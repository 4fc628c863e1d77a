// Takes a user off this tablet: only when nothing of theirs is on it alone.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { unwanted } from "../actions/files.ts";
import { keptFiles } from "../disk/files.ts";
import { takeOff } from "../session.ts";
import type { Tablet } from "../tablet.ts";
import { isUnsent } from "../work.ts";
import { say, texts } from "../words/words.ts";
import { Notice } from "./parts.tsx";
import { Sure } from "./sure.tsx";

const WORDS = texts({
  title: ["Gỡ người dùng khỏi máy", "Take this user off the tablet"],
  why: ["Xoá khoá và mọi dữ liệu của {username} trên máy này. Dữ liệu trên máy chủ không thay đổi.", "Deletes the key and all data of {username} on this tablet. Nothing changes on the server."],
  not_yet: ["Chưa gỡ được: còn {unsent} phiếu chưa gửi, {files} ảnh chưa gửi xong, {drafts} phiếu làm dở.", "Not yet: {unsent} pieces of work and {files} photos are not sent, {drafts} forms are half-filled."],
  no_backup: ["Máy chủ đã nhận {n} phiếu nhưng chưa sao lưu xong. Nếu không vội, hãy gỡ sau.", "The server has {n} pieces of work but no backup of them yet. If there is no hurry, do this later."],
  unwanted: ["{n} ảnh của phiếu bị trả lại, hoặc đã hỏng trên máy, sẽ mất theo.", "{n} photos of work that was sent back, or spoilt on this tablet, go with it."],
  take: ["Gỡ khỏi máy…", "Take off…"],
  sure: ["Bạn chắc chứ? Muốn dùng lại máy này phải có mã đăng ký mới.", "Are you sure? A new code is needed to use this tablet again."],
  yes: ["Gỡ {username} khỏi máy", "Take {username} off"],
  no: ["Không gỡ", "Leave it"],
});

async function counted(tablet: Tablet): Promise<{ wanted: number; unwanted: number }> {
  const [kept, left] = [await keptFiles(tablet.opened), await unwanted(tablet)];
  return { wanted: kept.length - left.length, unwanted: left.length };
}

export function TakeOff({ tablet }: { tablet: Tablet }): JSX.Element {
  const { username } = tablet.opened.profile;
  const files = useSignal<{ wanted: number; unwanted: number } | null>(null);
  const outbox = tablet.outbox.value;
  useEffect(() => void counted(tablet).then((kept) => (files.value = kept), () => undefined), [outbox, tablet.files.value]);
  const unsent = outbox.filter(isUnsent).length;
  const drafts = tablet.drafts.value.filter((one) => one.kind !== "not_home").length;
  const free = unsent === 0 && drafts === 0 && files.value?.wanted === 0 && tablet.syncing.value === null;
  return (
    <section class="card">
      <h2>{say(WORDS.title)}</h2>
      <p>{say(WORDS.why, { username })}</p>
      {!free && <Notice kind="info">{say(WORDS.not_yet, { unsent, drafts, files: files.value?.wanted ?? 0 })}</Notice>}
      {free && (
        <Sure danger ask={say(WORDS.take)} yes={say(WORDS.yes, { username })} no={say(WORDS.no)} onYes={() => void takeOff(tablet)}>
          <Notice kind="warning">{say(WORDS.sure)}</Notice>
          {files.value!.unwanted > 0 && <Notice kind="warning">{say(WORDS.unwanted, { n: files.value!.unwanted })}</Notice>}
          {outbox.length > 0 && <Notice kind="warning">{say(WORDS.no_backup, { n: outbox.length })}</Notice>}
        </Sure>
      )}
    </section>
  );
}
