// Numbers as they are typed in Viet Nam: 1.500 is one and a half thousand, 12,5 is twelve and a half.

const GROUPED = /^-?\d{1,3}([.,]\d{3})+$/;
const PLAIN = /^-?\d+$/;

/** null: nothing was typed, or it is no number. A group of three digits is thousands where that many decimals are not
 * asked for: "1.500" kWh must never become 1.5. */
export function parsedNumber(typed: string, decimals = 0): number | null {
  const text = typed.replace(/\s/g, "");
  if (PLAIN.test(text)) return Number(text);
  if (GROUPED.test(text) && (decimals < 3 || text.split(/[.,]/).length > 2)) return Number(text.replace(/[.,]/g, ""));
  const at = Math.max(text.lastIndexOf(","), text.lastIndexOf("."));
  if (at < 0) return null;
  const whole = text.slice(0, at);
  const part = text.slice(at + 1);
  if (!/^\d+$/.test(part) || !(PLAIN.test(whole) || GROUPED.test(whole))) return null;
  return Number(`${whole.replace(/[.,]/g, "")}.${part}`);
}

/** The number; what was typed, where it is none; null where nothing was. */
export const numberOrTyped = (typed: string, decimals = 0): number | string | null => parsedNumber(typed, decimals) ?? (typed.trim() || null);

/** As it is typed again: 12,5 in Vietnamese. */
export const typedNumber = (value: number | null, language: string): string =>
  value === null ? "" : language === "vi" ? String(value).replace(".", ",") : String(value);
