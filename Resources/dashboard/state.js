// @ts-check
// The little that outlives a page: who is signed in, the theme, where the list was left.

/**
 * @typedef {object} Session
 * @property {{ id?: string, email?: string | null, name?: string | null }} user
 * @property {string} role
 * @property {string} csrf_token goes with every write
 */

export const state = {
  /** @type {Session | null} */
  session: null,
  /** The list's address when a request was opened, so that the way back keeps its filters. */
  requestsLink: "#/requests",
  /** Whether the first steps were offered already: nobody is sent there twice. */
  isWelcomed: false,
};

const themeKey = "modelux.theme";

/** @returns {"auto" | "light" | "dark"} */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "auto";
}

/**
 * Keeps the choice for the next visit and tells whoever draws by hand.
 * @param {"auto" | "light" | "dark"} choice
 */
export function setTheme(choice) {
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  try {
    localStorage.setItem(themeKey, choice);
  } catch {
    // Storage can be switched off in the browser; the choice then lasts as long as the page.
  }
  document.dispatchEvent(new CustomEvent("themechange"));
}

/**
 * Calls back whenever colours change, by choice or by the system's setting.
 * @param {() => void} callback
 * @param {AbortSignal} signal
 */
export function onThemeChange(callback, signal) {
  document.addEventListener("themechange", callback, { signal });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback, { signal });
}

const ranks = ["viewer", "member", "admin", "owner"];

/**
 * Whether who is signed in has at least this role. What it forbids is not offered; the server decides by itself.
 * @param {"viewer" | "member" | "admin" | "owner"} role
 */
export const may = (role) => ranks.indexOf(state.session?.role ?? "") >= ranks.indexOf(role);
