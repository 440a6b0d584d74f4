// @ts-check
// What differs between two states of a thing, member by member. Pure.

/**
 * A null stands where there is nothing.
 * @typedef {{ path: string, before: string | null, after: string | null }} Difference
 */

/**
 * @param {any} before
 * @param {any} after
 * @returns {Difference[]} in the order of their paths' first appearance
 */
export function differences(before, after) {
  const [old, fresh] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])];
  return paths
    .map((path) => ({ path, before: old.get(path) ?? null, after: fresh.get(path) ?? null }))
    .filter((difference) => difference.before !== difference.after);
}

/**
 * Every value that is no object and no list, by its path: `rules[0].if`. An empty object or list is a value.
 * @param {any} value
 * @param {string} [path]
 * @param {Map<string, string>} [found]
 */
export function leaves(value, path = "", found = new Map()) {
  if (value === null || value === undefined) {
    if (path && value === null) found.set(path, "null");
  } else if (typeof value !== "object") found.set(path, typeof value === "string" ? value : JSON.stringify(value));
  else {
    const entries = Array.isArray(value)
      ? value.map((item, index) => [`${path}[${index}]`, item])
      : Object.entries(value).map(([name, item]) => [path ? `${path}.${name}` : name, item]);
    if (entries.length === 0) found.set(path, Array.isArray(value) ? "[]" : "{}");
    for (const [name, item] of entries) leaves(item, name, found);
  }
  return found;
}
