// Ids made on the tablet, and its clock's claims.

/** UUIDv7: its first part is the time, so that the database's index grows at one end. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let place = 5, rest = now; place >= 0; place--, rest = Math.floor(rest / 256)) bytes[place] = rest % 256;
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return written(bytes);
}

/** UUIDv5: always the same for a name in a namespace. */
export async function uuid5(namespace: string, name: string): Promise<string> {
  const space = (namespace.replace(/-/g, "").match(/../g) ?? []).map((hex) => Number.parseInt(hex, 16));
  const hashed = await crypto.subtle.digest("SHA-1", new Uint8Array([...space, ...new TextEncoder().encode(name)]));
  const bytes = new Uint8Array(hashed).slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return written(bytes);
}

function written(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const HANOI_HOURS = 7;

/** Now, as the day and hour of Viet Nam: a tablet whose zone is set wrongly still writes the right day. */
export function instant(now: number = Date.now()): string {
  return new Date(now + HANOI_HOURS * 3_600_000).toISOString().slice(0, 19) + "+07:00";
}

/** Today in Viet Nam, ISO. */
export const today = (now: number = Date.now()): string => instant(now).slice(0, 10);
