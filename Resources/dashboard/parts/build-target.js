// @ts-check
// A target of a routing config: a model or another config; what is rarely said is folded away.

import { h } from "../html.js";
import { targetName } from "../routing.js";
import { buildField } from "./build-field.js";

/** The id of the list of everything that can be named. */
export const targetList = "build-targets";

/**
 * @param {import("./build-field.js").Desk} desk
 * @param {any} target of the draft
 * @param {string} path
 * @param {{ label?: string, isWeighted?: boolean, more?: import("../html.js").Child }} [options]
 */
export function buildTarget(desk, target, path, { label = "Model", isWeighted = false, more = null } = {}) {
  // One form inside: `{"config": "@slug"}` and `{"model": "@slug"}` mean the same.
  if (target.config !== undefined) {
    target.model = targetName(target);
    delete target.config;
  }
  const field = (/** @type {import("./build-field.js").Setting} */ setting) => buildField(desk, target, path, setting);
  const rare = h(
    "details",
    { class: "fold", "aria-label": "More about this target" },
    h("summary", { class: "small soft" }, "Credential, time, parameters"),
    h(
      "div",
      { class: "form-fields" },
      field({
        name: "provider_credential_id",
        label: "Provider",
        kind: "select",
        options: [{ id: "", label: "as the name says" }, ...desk.providers],
      }),
      field({ name: "timeout_ms", label: "First byte within, ms", kind: "number", hint: "as the config says" }),
      field({
        name: "params",
        label: "Members of the request that are set",
        kind: "json",
        hint: '{"temperature": 0}',
        wide: true,
      }),
    ),
  );
  if (["provider_credential_id", "timeout_ms", "params"].some((name) => target[name] !== undefined)) rare.open = true;
  return h(
    "div",
    { class: "form build-target" },
    h(
      "div",
      { class: `form-fields ${isWeighted ? "weighted" : ""}` },
      more,
      field({ name: "model", label, list: targetList, hint: "provider/model or @config", wide: !isWeighted && !more }),
      isWeighted ? field({ name: "weight", label: "Weight", kind: "number", hint: "1" }) : null,
    ),
    rare,
  );
}
