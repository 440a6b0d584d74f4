// @ts-check
// The roles of those who manage. Pure.

/** What each may do, for the one who chooses. */
export const roles = Object.freeze([
  { id: "viewer", label: "viewer: reads all but bodies" },
  { id: "member", label: "member: also bodies; writes keys and routing" },
  { id: "admin", label: "admin: also projects, providers and the audit log" },
  { id: "owner", label: "owner: everything" },
]);

/**
 * @param {string} value
 * @returns {import("./forms.js").Field}
 */
export const roleField = (value) => ({
  name: "role",
  label: "Role",
  kind: "select",
  options: roles,
  value,
  wide: true,
});
