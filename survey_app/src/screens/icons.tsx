// Pictures beside words: never the only thing that says what a button does, so hidden from screen readers.

import type { JSX } from "preact";

function Icon(props: { d: string }): JSX.Element {
  return (
    <svg class="picture" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
      <path d={props.d} />
    </svg>
  );
}

export const BackIcon = () => <Icon d="m15 5-7 7 7 7" />;
export const HomesIcon = () => <Icon d="M3 11 12 4l9 7M5 10v10h14V10M10 20v-6h4v6" />;
export const SendIcon = () => <Icon d="M12 19V5m-6 6 6-6 6 6M4 21h16" />;
export const SettingsIcon = () => <Icon d="M4 7h10m4 0h2M4 17h2m4 0h10M14 4v6M10 14v6" />;
export const OfficerIcon = () => <Icon d="M9 11l3 3 8-8M20 12v7a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h9" />;
export const SearchIcon = () => <Icon d="m20 20-4.5-4.5M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14Z" />;
export const PlusIcon = () => <Icon d="M12 5v14M5 12h14" />;
export const DoneIcon = () => <Icon d="m5 13 4 4L19 7" />;
export const WaitIcon = () => <Icon d="M12 7v5l3 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18Z" />;
export const WarnIcon = () => <Icon d="M12 9v5m0 3v.01M12 3 2 20h20Z" />;
export const LockIcon = () => <Icon d="M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3" />;
export const EraseIcon = () => <Icon d="M9 5h11v14H9l-6-7Zm4 4 5 6m0-6-5 6" />;
export const NextIcon = () => <Icon d="m9 5 7 7-7 7" />;
