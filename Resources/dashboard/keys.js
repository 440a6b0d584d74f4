// @ts-check
// Single keys for the whole dashboard; silent while someone types, holds a modifier or has a dialog open.

/**
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by `event.key`
 * @param {AbortSignal} signal
 */
export function onKeys(actions, signal) {
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = /** @type {Element} */ (event.target);
      if (document.querySelector("dialog[open]")) return;
      const isTyping = target.closest?.("input, select, textarea, [contenteditable]");
      if (isTyping && event.key !== "Escape") return;
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    },
    { signal },
  );
}
