// @ts-check
// The end of the rail: theme, the way out, who is signed in.

import * as api from "../api.js";
import { h } from "../html.js";
import { setTheme, state, theme } from "../state.js";
import { choice } from "./choice.js";
import { icon } from "./icon.js";
import { toast } from "./toast.js";

export function railFoot() {
  const themes = choice({
    name: "Theme",
    options: [
      { id: "auto", label: icon("auto"), title: "As the system" },
      { id: "light", label: icon("light"), title: "Light" },
      { id: "dark", label: icon("dark"), title: "Dark" },
    ],
    value: theme(),
    choose: setTheme,
  });
  const leave = () =>
    api.signOut().then(
      () => document.dispatchEvent(new CustomEvent("signedout")),
      (error) => toast(error.message),
    );
  const who = state.session?.user?.email ?? state.session?.user?.name ?? state.session?.role ?? "";
  return h(
    "div",
    { class: "rail-foot" },
    h("div", null, themes.element),
    h("button", { type: "button", on: { click: leave } }, icon("leave"), "Sign out"),
    who ? h("p", { class: "who cut", title: "Signed in as" }, who) : null,
  );
}
