// The first synchronisation, in sight: it can be broken off, and goes on where it was.

import type { JSX } from "preact";

import { lock } from "../session.ts";
import { syncNow } from "../syncing.ts";
import type { Tablet } from "../tablet.ts";
import { say, texts } from "../words/words.ts";
import { Button, Notice, Screen } from "./parts.tsx";
import { go } from "./route.ts";
import { SyncPanel } from "./sync_panel.tsx";

const WORDS = texts({
  title: ["Tải dữ liệu lần đầu", "First synchronisation"],
  why: [
    "Máy đang tải danh sách hộ, mẫu phiếu và các đợt rà soát. Sau đó bạn làm việc được hàng tuần không cần mạng.",
    "The tablet loads the households, forms and rounds. After that you can work for weeks without a network.",
  ],
  broken: ["Bạn có thể tắt máy hay mất mạng bất cứ lúc nào: lần sau sẽ tải tiếp từ chỗ đang dở.", "You may switch it off or lose the network at any time: it goes on where it was."],
  look: ["Xem phần đã tải", "Look at what is there"],
  later: ["Dừng, tải tiếp sau", "Stop, go on later"],
  again: ["Tải tiếp", "Go on"],
});

export function FirstSync({ tablet }: { tablet: Tablet }): JSX.Element {
  const busy = tablet.syncing.value !== null;
  const foot = (
    <>
      {busy ? <Button onPress={() => lock()}>{say(WORDS.later)}</Button> : <Button kind="main" onPress={() => void syncNow(tablet)}>{say(WORDS.again)}</Button>}
      {tablet.reference.value !== null && <Button onPress={() => go("list")}>{say(WORDS.look)}</Button>}
    </>
  );
  return (
    <Screen title={say(WORDS.title)} foot={foot}>
      <div class="narrow stack">
        <p>{say(WORDS.why)}</p>
        <SyncPanel tablet={tablet} />
        <Notice kind="info">{say(WORDS.broken)}</Notice>
      </div>
    </Screen>
  );
}
