// @ts-check
// Identifiers for elements that refer to each other.

let last = 0;

/**
 * One that no element has had.
 * @param {string} kind
 */
export const freshID = (kind) => `${kind}-${++last}`;
