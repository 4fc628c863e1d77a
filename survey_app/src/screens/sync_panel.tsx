// How the synchronisation stands: its steps while it runs, what came of the last one, and what the surveyor can do.

import type { JSX } from "preact";

import type { SyncProgress, SyncResult } from "../line/synchronise.ts";
import { syncNow } from "../syncing.ts";
import type { Tablet } from "../tablet.ts";
import { language, say, texts } from "../words/words.ts";
import { CodeForm } from "./enrol_code.tsx";
import { Bar, Notice } from "./parts.tsx";
import { Password } from "./password.tsx";

const WORDS = texts({
  signing_in: ["Đang đăng nhập…", "Signing in…"],
  reference: ["Đang tải mẫu phiếu và danh mục…", "Loading forms and lists…"],
  pull: ["Đang tải danh sách hộ…", "Loading households…"],
  push: ["Đang gửi phiếu…", "Sending work…"],
  files: ["Đang gửi ảnh…", "Sending photos…"],
  verify: ["Đang đối chiếu với máy chủ…", "Comparing with the server…"],
  counted: ["{step} {done}/{all}", "{step} {done}/{all}"],
  unreachable: ["Chưa liên lạc được với máy chủ. Máy sẽ tự thử lại; phiếu vẫn còn trên máy.", "The server could not be reached. The tablet tries again by itself; all work is still here."],
  busy: ["Máy chủ đang bận, máy sẽ tự thử lại sau {minutes} phút. Phiếu vẫn còn trên máy.", "The server is busy; the tablet tries again in {minutes} minutes. All work is still here."],
  not_enrolled: [
    "Máy chủ chưa biết máy này (có thể vừa được khôi phục). Hãy xin cán bộ xã một mã đăng ký mới. Phiếu trên máy vẫn còn đủ và sẽ được gửi.",
    "The server does not know this tablet (it may have been restored). Ask the commune officer for a new code. All work is still here, and will be sent.",
  ],
});

export function SyncPanel({ tablet }: { tablet: Tablet }): JSX.Element | null {
  const now = tablet.syncing.value;
  const last = tablet.lastSync.value;
  if (now !== null) return <Bar label={stepWords(now)} done={now.done} all={now.all} />;
  if (last === null) return null;
  return <Ended tablet={tablet} last={last} />;
}

function stepWords({ step, done, all }: SyncProgress): string {
  return all === null ? say(WORDS[step]) : say(WORDS.counted, { step: say(WORDS[step]), done, all });
}

function Ended({ tablet, last }: { tablet: Tablet; last: SyncResult }): JSX.Element | null {
  const again = () => void syncNow(tablet);
  switch (last.ended) {
    case "complete":
      return null; // told beside it, with the hour
    case "unreachable":
      return <Notice kind="warning">{last.retryAfter >= 60 ? say(WORDS.busy, { minutes: Math.ceil(last.retryAfter / 60) }) : say(WORDS.unreachable)}</Notice>;
    case "signed_out":
      return <Password tablet={tablet} done={again} />;
    case "not_enrolled":
      return (
        <>
          <Notice kind="warning">{say(WORDS.not_enrolled)}</Notice>
          <CodeForm tablet={tablet} done={again} />
        </>
      );
    case "refused":
      return <Notice kind="fault">{last[language.value]}</Notice>;
    case "revoked":
      return null;
  }
}
