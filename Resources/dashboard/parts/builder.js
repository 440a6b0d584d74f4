// @ts-check
// The builder of a routing config: a draft that is checked while it is made, and saved as a new version.

import * as api from "../api.js";
import { differences } from "../diff.js";
import { complaintsByField } from "../forms.js";
import { h, replace } from "../html.js";
import { changedPolicy, compact, spelledOut } from "../routing.js";
import { buildOptions } from "./build-options.js";
import { buildPolicy, policyCard } from "./build-policy.js";
import { targetList } from "./build-target.js";
import { icon } from "./icon.js";
import { planCard } from "./plan-card.js";

const checkPause = 450;

/**
 * @param {object} settings
 * @param {any} settings.config as it is saved
 * @param {{ targets: any[], providers: any[] }} settings.known
 * @param {boolean} settings.canSave
 * @param {(saved: any) => void} settings.saved
 * @param {AbortSignal} settings.signal
 */
export function builder({ config, known, canSave, saved, signal }) {
  const before = compact({ policy: config.policy, config: spelledOut(config.policy, config.config) });
  let draft = { config: {}, ...structuredClone(before) };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let turn = 0;

  /** @type {import("./build-field.js").Desk} */
  const desk = { touched, places: new Map(), ...known };
  const notice = h("div", { role: "alert" });
  const place = h("div", { class: "stack-page" });
  const plan = planCard(() => check());
  const state = h("span", { class: "small faint", role: "status" });
  const label = `Save as version ${config.version + 1}`;
  const save = h("button", { type: "button", class: "button primary", on: { click: send } }, label);
  const discard = h("button", { type: "button", class: "button", on: { click: reset } }, "Discard");

  const bar = h("div", { class: "line build-bar" }, canSave ? [save, discard] : null, state);
  const now = () => compact(draft) ?? {};
  const isChanged = () => differences(before, now()).length > 0;

  function touched() {
    mark();
    clearTimeout(timer);
    timer = setTimeout(check, checkPause);
  }

  function mark() {
    const changed = isChanged();
    save.disabled = !changed;
    bar.hidden = !changed;
  }

  /** Asks the server what the draft would do, which also finds what is wrong with it. */
  async function check() {
    const mine = ++turn;
    try {
      plan.element.hidden = !(await api.offers("/routing-configs/{id}/estimate"));
      if (plan.element.hidden) return;
      const found = await api.estimateConfig(config.id, { ...now(), ...plan.asked() });
      if (mine === turn && !signal.aborted) (complain([]), plan.set(found));
    } catch (error) {
      if (mine !== turn || signal.aborted) return;
      complain(/** @type {any} */ (error).fields ?? [], error);
      plan.fail(error);
    }
  }

  /**
   * Shows every complaint at its place; what has none stands above.
   * @param {{ path: string, message: string }[]} complaints
   * @param {any} [error]
   */
  function complain(complaints, error) {
    const { byField, rest } = complaintsByField(complaints, [...desk.places.keys()]);
    for (const [path, tell] of desk.places) tell(byField.get(path) ?? null);
    const text = rest.join("; ") || (complaints.length === 0 && error ? error.message : "");
    replace(notice, text && h("p", { class: "notice bad" }, icon("warning"), h("span", { class: "wrap" }, text)));
    replace(state, complaints.length > 0 ? `${complaints.length} to mend` : "");
  }

  async function send() {
    save.disabled = true;
    try {
      saved(await api.saveConfig(config.id, now()));
    } catch (error) {
      save.disabled = false;
      complain(/** @type {any} */ (error).fields ?? [], error);
    }
  }

  function reset() {
    draft = { config: {}, ...structuredClone(before) };
    complain([]);
    draw();
    touched();
  }

  function draw() {
    desk.places.clear();
    const change = (/** @type {any} */ event) => {
      draft = changedPolicy(event.target.value, { policy: draft.policy, config: now().config });
      draw();
      touched();
    };
    replace(place, policyCard(draft.policy, change, buildPolicy(desk, draft)), buildOptions(desk, draft.config));
    mark();
  }

  draw();
  check();
  signal.addEventListener("abort", () => clearTimeout(timer));
  const list = h("datalist", { id: targetList });
  list.append(...known.targets.map(({ id }) => h("option", { value: id })));
  return h("div", { class: "columns aside" }, h("div", null, notice, place, bar, list), h("div", null, plan.element));
}
