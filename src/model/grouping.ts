// Lists by key.

/** Appends `item` to the list that `map` has under `key`, which is made when there is none. */
export function addTo<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
