// @ts-check
// A one-time link for another browser or another person; it is sent nowhere.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { moment } from "../format.js";
import { command } from "./copy.js";
import { toast } from "./toast.js";

export function signInLink() {
  const place = h("div", { class: "body close stack" });
  const click = async () => {
    button.disabled = true;
    try {
      const { url, expires_at: end } = await api.makeSignInLink();
      const text = `Good for one use until ${moment(end, new Date())}. Whoever opens it is signed in as owner.`;
      replace(place, h("p", { class: "soft" }, text), command(url));
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    } finally {
      button.disabled = false;
    }
  };
  const button = h("button", { type: "button", class: "button", on: { click } }, "Make a link");
  replace(place, h("p", { class: "soft" }, "To sign in with another browser. modelux sends it nowhere."));
  return h("section", { class: "card" }, h("header", null, h("h2", null, "One-time sign-in link"), button), place);
}
