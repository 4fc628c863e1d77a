// The digests of convergence (docs/sync-protocol.md): what a tablet holds, in a few characters per area and bucket.
// The same rules as mobile_sync/tablet_digests.py; both run tests/vectors/digests.json.

export type Held = { entity: string; id: string; version: number };
export type Digests = { area: { count: number; digest: string }; buckets: { bucket: number; count: number; digest: string }[] };

/** The first eight bytes of SHA-256 over "entity:id:version", as a BigInt. `id` with hyphens, in lower case. */
export async function recordHash({ entity, id, version }: Held): Promise<bigint> {
  const named = new TextEncoder().encode(`${entity}:${id}:${version}`);
  const hashed = await crypto.subtle.digest("SHA-256", named);
  return new DataView(hashed).getBigUint64(0);
}

/** The last byte of the id: ids are UUIDv7, whose first bytes are the time. */
export const bucketOf = (id: string): number => Number.parseInt(id.slice(-2), 16);

/** A hash alone is a trip to another thread: many travel together, and the screen stays alive between two lots. */
const AT_ONCE = 100;

const hex = (value: bigint): string => value.toString(16).padStart(16, "0");

/** Of the records of one area: `{area: {count, digest}, buckets: [{bucket, count, digest}]}`, in order. */
export async function digests(records: Held[]): Promise<Digests> {
  const held = new Map<number, { count: number; value: bigint }>();
  let whole = 0n;
  for (let first = 0; first < records.length; first += AT_ONCE) {
    const some = records.slice(first, first + AT_ONCE);
    const hashes = await Promise.all(some.map(recordHash));
    for (const [at, { id }] of some.entries()) {
      const hash = hashes[at]!;
      const { count, value } = held.get(bucketOf(id)) ?? { count: 0, value: 0n };
      held.set(bucketOf(id), { count: count + 1, value: value ^ hash });
      whole ^= hash;
    }
  }
  const buckets = [...held].sort(([one], [other]) => one - other);
  return {
    area: { count: records.length, digest: hex(whole) },
    buckets: buckets.map(([bucket, { count, value }]) => ({ bucket, count, digest: hex(value) })),
  };
}
