// A map that remembers the newest so many entries.

/** Sets an entry, and forgets the oldest where there are more than `most`. One that is set again keeps its place. */
export function setBounded<Key, Value>(
  map: Map<Key, Value>,
  { key, value, most }: { key: Key; value: Value; most: number },
): void {
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
