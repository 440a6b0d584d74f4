// @ts-check
// What can be done with a recorded request where the server can: ask what it would do now, and send it once more.

import * as api from "../api.js";
import { h, replace } from "../html.js";
import { parsed } from "../bodies.js";
import { link } from "../router.js";
import { may } from "../state.js";
import { ask } from "./ask.js";
import { later } from "./later.js";
import { planResult } from "./plan-card.js";
import { sheet } from "./sheet.js";
import { toast } from "./toast.js";

/** @param {any} record */
export function requestActions(record) {
  const place = h("span", { class: "line" });
  const request = parsed(typeof record.request_body === "string" ? record.request_body : null);
  if (!request) return place;
  const button = (/** @type {string} */ label, /** @type {string} */ title, /** @type {() => void} */ click) =>
    h("button", { type: "button", class: "button", title, on: { click } }, label);
  Promise.all([api.offers("/dry-run"), api.offers("/logs/{request_id}/replay")]).then(([canExplain, canReplay]) =>
    replace(
      place,
      canExplain && button("Explain", "What it would do now, without a call", () => explain(record, request)),
      canReplay && may("member") && button("Replay…", "Send it once more", () => replay(record)),
    ),
  );
  return place;
}

/**
 * @param {any} record
 * @param {any} request
 */
function explain(record, request) {
  const done = new AbortController();
  const call = {
    project_id: record.project_id,
    request,
    ...(record.end_user ? { end_user: record.end_user } : {}),
    ...(Object.keys(record.tags ?? {}).length > 0 ? { tags: record.tags } : {}),
  };
  const content = [
    h("p", { class: "soft" }, "What this request would do now, with the configs, prices and health of this moment."),
    h("div", { class: "framed" }, later(() => api.dryRun(call), planResult, done.signal)),
  ];
  const closed = () => (done.abort(), opened.element.remove());
  const opened = sheet({ title: "What it would do now", content, closed });
  document.querySelector("main")?.append(opened.element);
  opened.element.showModal();
}

/** @param {any} record */
function replay(record) {
  ask({
    title: "Send this request once more?",
    text: "It goes to a provider and costs what it costs; the answer is recorded as a request of its own.",
    label: "Send it",
    run: () => api.replayLog(record.request_id),
    done(answer) {
      const id = answer?.request_id ?? answer?.id;
      if (id) location.hash = link(`/requests/${id}`);
      else toast("The request was sent once more");
    },
  });
}
