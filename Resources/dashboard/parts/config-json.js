// @ts-check
// A routing config as the API has it, for those who would rather write it.

import * as api from "../api.js";
import { h } from "../html.js";
import { may } from "../state.js";
import { codeBlock } from "./copy.js";
import { form } from "./form.js";
import { colored } from "./json.js";

/**
 * @param {any} config
 * @param {(saved: any) => void} saved
 */
export function configJSON(config, saved) {
  const text = JSON.stringify({ policy: config.policy, config: config.config }, null, 2);
  const send = async (/** @type {Record<string, any>} */ values) => {
    let body;
    try {
      body = JSON.parse(values.config);
    } catch (error) {
      throw new Error(`This is no JSON: ${/** @type {Error} */ (error).message}`);
    }
    saved(await api.saveConfig(config.id, body));
  };
  /** @type {import("../forms.js").Field} */
  const field = { name: "config", label: "Policy and config", kind: "code", value: text, required: true, wide: true };
  const content = may("member")
    ? form({ label: `Save as version ${config.version + 1}`, fields: [field], send }).element
    : codeBlock(text, { name: "Config", content: colored(text) });
  return h("section", { class: "card json-view" }, h("div", { class: "body" }, content));
}
