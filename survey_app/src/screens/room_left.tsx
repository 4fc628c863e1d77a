// How safe the work is on this tablet: may the browser throw it away, how much room is left, and the way out by a file.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { isFull } from "../disk/reserve.ts";
import { askToPersist, room } from "../disk/room.ts";
import type { Tablet } from "../tablet.ts";
import { isUnsent } from "../work.ts";
import { say, texts } from "../words/words.ts";
import { Button, Notice } from "./parts.tsx";
import { go } from "./route.ts";

const WORDS = texts({
  title: ["Dữ liệu trên máy", "Data on this tablet"],
  persisted: ["Trình duyệt đã hứa giữ dữ liệu này.", "The browser has promised to keep these data."],
  may_go: [
    "Trình duyệt chưa hứa giữ dữ liệu: khi máy gần hết chỗ, nó có thể xoá. Hãy cài ứng dụng lên màn hình chính, rồi bấm nút dưới đây; và gửi phiếu sớm khi có mạng.",
    "The browser has not promised to keep these data: it may delete them when the tablet is nearly full. Install the app on the home screen, then press the button below; and send soon.",
  ],
  still_not: ["Trình duyệt vẫn chưa hứa. Phiếu vẫn còn trên máy; hãy gửi sớm, hoặc đưa phiếu ra tệp.", "The browser still does not promise. The work is still here: send soon, or put it into a file."],
  ask: ["Xin trình duyệt giữ dữ liệu", "Ask the browser to keep them"],
  left: ["Còn trống {left} MB.", "{left} MB are left."],
  little: ["Máy sắp hết chỗ. Hãy gửi phiếu, hoặc xoá bớt ảnh và phim khác trên máy.", "Little room is left. Send the work, or delete other photos and films."],
  full: [
    "Máy hết chỗ, không nhận thêm ảnh. Những gì đã lưu vẫn còn. Hãy gửi phiếu khi có mạng, hoặc xoá bớt ảnh và phim khác trên máy.",
    "This tablet is full and takes no more photos. What was saved is still there. Send the work when there is a network, or delete other photos and films.",
  ],
  old_pin: [
    "Máy hết chỗ nên chưa đặt được mã PIN mới. Lần sau hãy mở bằng mật khẩu, rồi đặt lại mã PIN.",
    "The tablet is full, and the new PIN could not be set. Next time use the password again, then choose a PIN.",
  ],
  in_danger: ["Máy sắp hết chỗ. Trình duyệt có thể xoá phiếu chưa gửi.", "Little room is left. The browser may delete work that is not sent."],
  how: ["Xem cách giữ phiếu", "How to keep it"],
  file: ["Đưa phiếu ra tệp, hoặc nhận từ tệp", "Work to a file, or from one"],
  file_why: ["Khi lâu không có mạng: phiếu chưa gửi vào một tệp niêm phong, mang tới nơi có mạng.", "Where there is no network for long: unsent work in a sealed file, to be carried to where there is one."],
});

const LITTLE_MB = 100;

type Room = Awaited<ReturnType<typeof room>>;

const megabytesLeft = ({ used, quota }: Room): number | null => (quota === null || used === null ? null : Math.floor((quota - used) / 1_000_000));

/** Over the list, where every surveyor looks: a tablet that is full, and unsent work that the browser may throw away soon. */
export function RoomWarning({ tablet }: { tablet: Tablet }): JSX.Element {
  const inDanger = useSignal(false);
  const unsent = tablet.outbox.value.some(isUnsent);
  useEffect(() => {
    if (unsent) void room().then((found) => (inDanger.value = !found.persisted && (megabytesLeft(found) ?? LITTLE_MB) < LITTLE_MB), () => undefined);
  }, [unsent]);
  const way = <a href="#/outbox">{say(WORDS.how)}</a>;
  return (
    <>
      {tablet.opened.oldPin && <Notice kind="warning">{say(WORDS.old_pin)}</Notice>}
      {isFull.value && <Notice kind="warning">{say(WORDS.full)} {unsent && way}</Notice>}
      {unsent && inDanger.value && <Notice kind="warning">{say(WORDS.in_danger)} {way}</Notice>}
    </>
  );
}

export function RoomLeft({ tablet }: { tablet: Tablet }): JSX.Element {
  const known = useSignal<Room | null>(null);
  const refused = useSignal(false);
  const look = () => void room().then((found) => (known.value = found), () => undefined);
  useEffect(look, []);
  const ask = async () => {
    refused.value = !(await askToPersist().catch(() => false));
    look();
  };
  const unsent = tablet.outbox.value.some(isUnsent);
  return (
    <section class="card">
      <h2>{say(WORDS.title)}</h2>
      {known.value !== null && <Told room={known.value} unsent={unsent} ask={() => void ask()} />}
      {refused.value && <Notice kind="warning">{say(WORDS.still_not)}</Notice>}
      <p class="muted">{say(WORDS.file_why)}</p>
      <Button onPress={() => go("outbox", "file")}>{say(WORDS.file)}</Button>
    </section>
  );
}

function Told({ room: found, unsent, ask }: { room: Room; unsent: boolean; ask: () => void }): JSX.Element {
  const left = megabytesLeft(found);
  const { persisted } = found;
  return (
    <>
      {isFull.value && <Notice kind="warning">{say(WORDS.full)}</Notice>}
      {persisted ? <p>{say(WORDS.persisted)}</p> : <Notice kind={unsent ? "warning" : "info"}>{say(WORDS.may_go)}</Notice>}
      {!persisted && <Button onPress={ask}>{say(WORDS.ask)}</Button>}
      {left !== null && (left < LITTLE_MB ? <Notice kind="warning">{say(WORDS.little)} {say(WORDS.left, { left })}</Notice> : <p class="muted">{say(WORDS.left, { left })}</p>)}
    </>
  );
}
