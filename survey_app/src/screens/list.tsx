// The list of households: of a round, by what is to do there; found without tone marks.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { counted, type Counts, foundPerson } from "../register/search.ts";
import type { ListLine } from "../register/register.ts";
import type { Tablet } from "../tablet.ts";
import type { Area, Reference, Round } from "../wire.ts";
import { named } from "../words/codes.ts";
import { say, texts } from "../words/words.ts";
import { mayGoOn } from "./household/draft_routes.ts";
import { screeningDue } from "./household/screening/papers_of.ts";
import { SCREENING } from "./household/screening/words.ts";
import { PlusIcon, SearchIcon } from "./icons.tsx";
import { type ListState, listState, roundOf, type Visit } from "./list_state.ts";
import { MainNav } from "./main_nav.tsx";
import { day, Notice, Screen } from "./parts.tsx";
import { RoomWarning } from "./room_left.tsx";
import { route } from "./route.ts";
import { Select } from "./select.tsx";
import { Windowed } from "./windowed.tsx";

const WORDS = texts({
  title: ["Danh sách hộ", "Households"],
  to_do: ["Chưa làm", "To do"],
  draft: ["Đang làm dở", "Begun"],
  not_home: ["Không gặp", "Not at home"],
  done: ["Đã xong", "Done"],
  all: ["Tất cả", "All"],
  search: ["Tìm theo tên, số hộ, địa chỉ, điện thoại", "Search by name, number, address, telephone"],
  search_hint: ["Gõ không dấu cũng được", "Tone marks are not needed"],
  round: ["Đợt rà soát", "Round"],
  hamlet: ["Xóm", "Hamlet"],
  all_hamlets: ["Tất cả các xóm", "All hamlets"],
  until: ["{kind} {year}, đến {day}", "{kind} {year}, until {day}"],
  training: ["Đợt tập huấn: số liệu không có giá trị pháp lý.", "A training round: its data have no legal force."],
  choose_hamlet: ["Chọn xóm để thêm hộ mới.", "Choose a hamlet to add a household."],
  begun: ["Làm tiếp {n} phiếu đang sửa dở", "Go on with {n} forms that were begun"],
  new: ["Hộ mới", "New household"],
  new_where: ["Thêm hộ mới ở {hamlet}", "A new household in {hamlet}"],
  none: ["Không có hộ nào ở đây.", "No household here."],
  none_found: ["Không tìm thấy hộ nào khớp. Thử gõ ít chữ hơn, hoặc xem mục “Tất cả”.", "No household fits. Type less, or look under “All”."],
  nobody: ["(chưa có người)", "(nobody yet)"],
  number: ["Số {number}", "No. {number}"],
  no_number: ["Chưa có số", "No number yet"],
  people: ["{n} người", "{n} people"],
  with: ["có {person}", "with {person}"],
  waiting: ["chưa gửi", "not sent"],
  not_listed: ["không trong đợt này", "not in this round"],
  tabs: ["Trạng thái", "State"],
  incomplete: ["Dữ liệu chưa tải đủ.", "Not all data have been loaded."],
  go_on: ["Xem và tải tiếp", "Look, and go on"],
});

const VISITS: Visit[] = ["to_do", "draft", "not_home", "done", "all"];

export function HouseholdList({ tablet }: { tablet: Tablet }): JSX.Element {
  const state = listState(tablet);
  const rounds = tablet.reference.value?.rounds ?? [];
  const hamlets = hamletsOf(tablet.reference.value);
  const round = roundOf(rounds, state.value.roundId);
  const visit = round === null ? "all" : state.value.visit;
  void tablet.revision.value;
  const found = counted(tablet.register, tablet.drafts.value, { ...state.value, roundId: round?.id ?? null, visit, hamlets: hamlets.map((one) => one.id) });
  const set = (change: Partial<ListState>) => (state.value = { ...state.value, ...change });
  useScroll(state);
  const line = (one: ListLine) => <Line tablet={tablet} line={one} text={state.value.text} showsVisit={round !== null && visit === "all"} />;
  return (
    <Screen title={say(WORDS.title)} foot={<MainNav tablet={tablet} here="list" />}>
      {tablet.completeAt.value === null && <Notice kind="warning">{say(WORDS.incomplete)} <a href="#/">{say(WORDS.go_on)}</a></Notice>}
      <RoomWarning tablet={tablet} />
      <div class="row tight">
        <Search text={state.value.text} onText={(text) => set({ text, scroll: 0 })} />
        <New hamlets={hamlets} chosen={state.value.hamletId} />
      </div>
      <Which tablet={tablet} rounds={rounds} round={round} hamlets={hamlets} hamletId={state.value.hamletId} set={set} />
      <Begun tablet={tablet} />
      {round !== null && <Tabs visit={visit} counts={found.counts} onVisit={(one) => set({ visit: one, scroll: 0 })} />}
      {found.lines.length === 0 ? (
        <p class="empty" role="status">{say(state.value.text === "" ? WORDS.none : WORDS.none_found)}</p>
      ) : (
        <Windowed label={say(WORDS[visit])} items={found.lines} keyOf={(one) => one.household.id} line={line} />
      )}
    </Screen>
  );
}

/** By name as it is read: Xóm 2 before Xóm 10. */
function hamletsOf(reference: Reference | null): Area[] {
  const found = (reference?.areas ?? []).filter((area) => area.level === "hamlet");
  return found.sort((one, other) => one.full_name.localeCompare(other.full_name, "vi", { numeric: true }));
}

/** Forms that were begun and not saved: reviews stand under their tab, unless they do not open any more; the others only
 * here. */
function Begun({ tablet }: { tablet: Tablet }): JSX.Element | null {
  const here = tablet.drafts.value.filter((one) => one.kind !== "not_home" && (one.kind !== "review" || !mayGoOn(tablet, one))).length;
  return here === 0 ? null : <a class="button plain" href="#/drafts">{say(WORDS.begun, { n: here })}</a>;
}

type WhichProps = { tablet: Tablet; rounds: Round[]; round: Round | null; hamlets: Area[]; hamletId: string | null; set: (change: Partial<ListState>) => void };

/** The round and the hamlet: chosen where there are several, told where there is one. */
function Which({ tablet, rounds, round, hamlets, hamletId, set }: WhichProps): JSX.Element {
  const all: [string, string][] = [["", say(WORDS.all_hamlets)], ...hamlets.map((one): [string, string] => [one.id, one.full_name])];
  return (
    <>
      {rounds.length === 1 && round !== null && <p class={round.training ? "notice warning" : "muted"}>{roundName(tablet, round)}</p>}
      {(rounds.length > 1 || hamlets.length > 1) && (
        <div class="selects">
          {rounds.length > 1 && <Select label={say(WORDS.round)} value={round?.id ?? ""} options={rounds.map((one) => [one.id, roundName(tablet, one)])} onChange={(roundId) => set({ roundId })} />}
          {hamlets.length > 1 && <Select label={say(WORDS.hamlet)} value={hamletId ?? ""} options={all} onChange={(id) => set({ hamletId: id || null })} />}
        </div>
      )}
      {hamlets.length > 1 && hamletId === null && <p class="muted small">{say(WORDS.choose_hamlet)}</p>}
      {rounds.length > 1 && round?.training && <Notice kind="warning">{say(WORDS.training)}</Notice>}
    </>
  );
}

/** Back from a household one stands where one left. */
function useScroll(state: ReturnType<typeof listState>): void {
  useEffect(() => {
    scrollTo(0, state.peek().scroll);
    let last = state.peek().scroll;
    const here = route.peek();
    // of the screen that comes next, whose page is shorter, nothing is noted
    const heard = () => {
      if (route.peek() === here) last = scrollY;
    };
    addEventListener("scroll", heard, { passive: true });
    return () => {
      removeEventListener("scroll", heard);
      state.value = { ...state.peek(), scroll: last };
    };
  }, []);
}

function roundName(tablet: Tablet, round: Round): string {
  const reference = tablet.reference.value!;
  return say(WORDS.until, { kind: named(reference, "round_kind", round.kind), year: round.year, day: day(round.closes_on) });
}

/** After the last key of a word, not after each: the letters themselves appear at once. */
const TYPED_MS = 120;

function Search({ text, onText }: { text: string; onText: (text: string) => void }): JSX.Element {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const typed = (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onText(value), TYPED_MS);
  };
  return (
    <search class="search">
      <SearchIcon />
      <input type="search" defaultValue={text} placeholder={say(WORDS.search_hint)} aria-label={say(WORDS.search)} autoComplete="off" enterKeyHint="search" onInput={typed} />
    </search>
  );
}

function Tabs({ visit, counts, onVisit }: { visit: Visit; counts: Counts; onVisit: (visit: Visit) => void }): JSX.Element {
  return (
    <div class="tabs" role="group" aria-label={say(WORDS.tabs)}>
      {VISITS.map((one) => (
        <button type="button" key={one} aria-pressed={one === visit} onClick={() => onVisit(one)}>
          {say(WORDS[one])} <span class="number">{counts[one]}</span>
        </button>
      ))}
    </div>
  );
}

/** Where several hamlets are, the list says which: a household belongs to one. */
function New({ hamlets, chosen }: { hamlets: Area[]; chosen: string | null }): JSX.Element | null {
  const hamlet = hamlets.find((one) => one.id === chosen) ?? (hamlets.length === 1 ? hamlets[0] : undefined);
  if (hamlet === undefined) return null;
  return (
    <a class="button plain" href={`#/household/new/${hamlet.id}`} aria-label={say(WORDS.new_where, { hamlet: hamlet.full_name })}>
      <PlusIcon />
      {say(WORDS.new)}
    </a>
  );
}

type LineProps = { tablet: Tablet; line: ListLine; text: string; showsVisit: boolean };

function Line({ tablet, line, text, showsVisit }: LineProps): JSX.Element {
  const { household, head, people, visit } = line;
  const { household_no, current_class, address } = household.data;
  const reference = tablet.reference.value;
  const due = screeningDue(tablet, household.id);
  const person = foundPerson(tablet.register, household.id, text);
  const told = [
    household_no ? say(WORDS.number, { number: household_no }) : say(WORDS.no_number),
    say(WORDS.people, { n: people }),
    current_class && reference ? named(reference, "poverty_class", current_class) : null,
  ];
  return (
    <a class="line" href={`#/household/${household.id}`}>
      <span class="lines">
        <strong>{head || say(WORDS.nobody)}</strong>
        <span class="muted">{told.filter(Boolean).join(" · ")}</span>
        <span class="muted small">{person === null ? address : say(WORDS.with, { person })}</span>
      </span>
      <span class="pills">
        {showsVisit && <span class={`pill ${visit ?? "not_listed"}`}>{say(visit === null ? WORDS.not_listed : WORDS[visit])}</span>}
        {due !== null && <span class={`pill ${due === "done" ? "done" : "draft"}`}>{say(SCREENING[due])}</span>}
        {household.waiting && <span class="pill unsent">{say(WORDS.waiting)}</span>}
      </span>
    </a>
  );
}
