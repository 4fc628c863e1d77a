// Photos, a signature, a position: each only where the round asks for it, and none is waited for.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { letUnusedGo } from "../../../actions/files.ts";
import { fileContent, keepFile } from "../../../disk/files.ts";
import type { Attachment } from "../../../wire.ts";
import { say, texts } from "../../../words/words.ts";
import { Button, Notice } from "../../parts.tsx";
import { reduced } from "./pictures.ts";
import { Signature } from "./Signature.tsx";
import type { Filling } from "./state.ts";
import { REVIEW } from "./words.ts";

const WORDS = texts({
  photos: ["Ảnh nhà và đồ dùng", "Photos of the house"],
  take: ["Chụp ảnh", "Take a photo"],
  signature: ["Chữ ký của người trả lời", "Signature of who answered"],
  drop: ["Bỏ", "Remove"],
  position: ["Vị trí của hộ", "Position of the household"],
  locate: ["Lấy vị trí", "Take the position"],
  located: ["Đã lấy vị trí, sai số khoảng {metres} m.", "Taken, within about {metres} m."],
  not_located: ["Chưa lấy được vị trí. Phiếu vẫn gửi được.", "No position could be taken. The review can be sent all the same."],
  bad_photo: ["Không đọc được ảnh này. Xin chụp lại.", "This picture cannot be read. Take it again, please."],
  refused: [
    "Máy chưa lưu được: có thể đầy bộ nhớ. Phiếu vẫn gửi được.",
    "Not kept: memory may be full. The review can be sent all the same.",
  ],
  working: ["Đang xử lý…", "Working…"],
});
const PHOTO = "house";
const SIGNATURE = "signature";
const MOST_PHOTOS = 20;
const PATIENCE = 30_000;

export function Evidence({ filled }: { filled: Filling }): JSX.Element {
  const asked = filled.round.evidence ?? [];
  return (
    <>
      <p class="hint">{say(REVIEW.evidence_hint)}</p>
      {asked.includes("photo") && <Photos filled={filled} />}
      {asked.includes("signature") && <Signed filled={filled} />}
      {asked.includes("position") && <Located filled={filled} />}
    </>
  );
}

/** Counts a picture as long as it is being made. */
async function making<Result>(filled: Filling, work: () => Promise<Result>): Promise<Result> {
  filled.making.value += 1;
  try {
    return await work();
  } finally {
    filled.making.value -= 1;
  }
}

/** On the disk first, then in the draft: what a draft names is there. `instead`: takes the place of these. */
async function attach(filled: Filling, picture: Blob, purpose: string, instead: Attachment[] = []): Promise<void> {
  const said = await keepFile(filled.tablet.opened, picture, purpose);
  const gone = new Set([said, ...instead].map((one) => one.sha256));
  const others = filled.draft.values.peek().attachments.filter((one) => !gone.has(one.sha256));
  filled.draft.set({ attachments: [...others, said] });
  // and the picture itself, where the form was sent while it was made: nothing names it any more
  await letGo(filled, [said, ...instead]);
}

function detach(filled: Filling, gone: Attachment[]): void {
  const shas = new Set(gone.map((one) => one.sha256));
  filled.draft.set({ attachments: filled.draft.values.peek().attachments.filter((one) => !shas.has(one.sha256)) });
  void letGo(filled, gone);
}

/** When the draft on the disk does not name them any more: a tablet that dies in between has a form with its photos. */
async function letGo(filled: Filling, files: Attachment[]): Promise<void> {
  if (await filled.draft.keeper.settled()) await letUnusedGo(filled.tablet, files);
}

function Photos({ filled }: { filled: Filling }): JSX.Element {
  const [said, setSaid] = useState<string | null>(null);
  const photos = filled.draft.values.value.attachments.filter((one) => one.purpose === PHOTO);
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    input.value = "";
    if (file === undefined) return;
    setSaid(say(WORDS.working));
    await making(filled, async () => {
      const picture = await reduced(file).catch(() => null);
      if (picture === null) return setSaid(say(WORDS.bad_photo));
      setSaid(await attach(filled, picture, PHOTO).then(() => null, () => say(WORDS.refused)));
    });
  };
  return (
    <section class="card">
      <h3>{say(WORDS.photos)}</h3>
      <div class="photos">{photos.map((one) => <Photo key={one.sha256} filled={filled} said={one} onDrop={() => detach(filled, [one])} />)}</div>
      {said !== null && <Notice kind="info">{said}</Notice>}
      {photos.length < MOST_PHOTOS && (
        <label class="button plain camera">
          {say(WORDS.take)}
          <input type="file" accept="image/*" capture="environment" onChange={(event) => void take(event.currentTarget)} />
        </label>
      )}
    </section>
  );
}

function Photo({ filled, said, onDrop }: { filled: Filling; said: Attachment; onDrop: () => void }): JSX.Element {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    void fileContent(filled.tablet.opened, said.sha256).then((bytes) => {
      if (bytes === null || gone) return;
      made = URL.createObjectURL(new Blob([bytes], { type: said.media_type }));
      setAddress(made);
    }, () => undefined); // the app was locked meanwhile
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [said.sha256]);
  return (
    <figure>
      {address !== null && <img src={address} alt={say(said.purpose === SIGNATURE ? WORDS.signature : WORDS.photos)} />}
      <Button kind="danger" onPress={onDrop}>{say(WORDS.drop)}</Button>
    </figure>
  );
}

function Signed({ filled }: { filled: Filling }): JSX.Element {
  const [refused, setRefused] = useState(false);
  const now = () => filled.draft.values.peek().attachments.filter((one) => one.purpose === SIGNATURE);
  // what was signed before is shown; what is being signed stays in its frame, kept with every stroke
  const [before, setBefore] = useState(now()[0]);
  const keep = async (picture: Blob) => {
    const kept = await making(filled, () => attach(filled, picture, SIGNATURE, now())).then(() => true, () => false);
    setRefused(!kept);
    return kept;
  };
  const clear = () => {
    detach(filled, now());
    setBefore(undefined);
  };
  return (
    <section class="card">
      <h3>{say(WORDS.signature)}</h3>
      {refused && <Notice kind="warning">{say(WORDS.refused)}</Notice>}
      {before !== undefined ? <div class="photos"><Photo filled={filled} said={before} onDrop={clear} /></div> : <Signature onKeep={keep} onClear={clear} />}
    </section>
  );
}

function Located({ filled }: { filled: Filling }): JSX.Element {
  const [state, setState] = useState<"ready" | "working" | "failed">("ready");
  const { position } = filled.draft.values.value;
  const locate = () => {
    if (!navigator.geolocation) return setState("failed");
    setState("working");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        filled.draft.set({ position: { lat: coords.latitude, lon: coords.longitude, accuracy_m: Math.round(coords.accuracy) } });
        setState("ready");
      },
      () => setState("failed"),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
    );
  };
  return (
    <section class="card">
      <h3>{say(WORDS.position)}</h3>
      {position !== null && <Notice kind="good">{say(WORDS.located, { metres: position.accuracy_m })}</Notice>}
      {state === "failed" && <Notice kind="warning">{say(WORDS.not_located)}</Notice>}
      <div class="buttons">
        <Button disabled={state === "working"} onPress={locate}>{say(state === "working" ? WORDS.working : WORDS.locate)}</Button>
        {position !== null && <Button onPress={() => filled.draft.set({ position: null })}>{say(WORDS.drop)}</Button>}
      </div>
    </section>
  );
}
