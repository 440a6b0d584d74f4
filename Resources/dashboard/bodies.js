// @ts-check
// Stored bodies as a conversation: who said what, which tools were called. Reads both wire shapes, whole answers and
// streams. Pure; what it does not know it shows as JSON, and what is not JSON it leaves to the raw view.

/** @typedef {{ kind: "text" | "thinking" | "call" | "result" | "note" | "data", text: string, name?: string }} Block */
/** @typedef {{ role: string, blocks: Block[], finish?: string | null }} Turn */

/**
 * @param {string | null | undefined} text
 * @returns {any} the value, or undefined when it is not JSON
 */
export function parsed(text) {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A stored body as text. Bytes that are no UTF-8 come as `{"base64": …}` and are only counted.
 * @param {string | { base64: string } | null | undefined} body
 * @returns {string | null}
 */
export function asText(body) {
  if (typeof body === "string" || body === null || body === undefined) return body ?? null;
  return `${Math.floor((body.base64.length * 3) / 4)} bytes that are not text`;
}

/**
 * The turns of a call, the question first.
 * @param {string | null} request
 * @param {string | null} response
 * @returns {Turn[]}
 */
export function conversation(request, response) {
  return [...questions(parsed(request)), ...answers(response)];
}

/**
 * @param {any} body
 * @returns {Turn[]}
 */
function questions(body) {
  if (!body || typeof body !== "object") return [];
  /** @type {Turn[]} */
  const turns = [];
  if (body.system) turns.push({ role: "system", blocks: blocks(body.system) });
  if (body.instructions) turns.push({ role: "system", blocks: blocks(body.instructions) });
  if (Array.isArray(body.messages)) turns.push(...body.messages.map(turn));
  else if (body.input !== undefined) turns.push({ role: "input", blocks: blocks(body.input) });
  else if (body.prompt !== undefined) turns.push({ role: "user", blocks: blocks(body.prompt) });
  return turns;
}

/**
 * @param {any} message
 * @returns {Turn}
 */
function turn(message) {
  const result = blocks(message?.content);
  if (message?.reasoning_content) result.unshift({ kind: "thinking", text: plain(message.reasoning_content) });
  if (message?.refusal) result.push({ kind: "note", text: plain(message.refusal), name: "refusal" });
  for (const call of message?.tool_calls ?? []) {
    result.push({
      kind: "call",
      name: plain(call?.function?.name ?? call?.type),
      text: pretty(call?.function?.arguments),
    });
  }
  const role = plain(message?.role ?? "message");
  return { role, blocks: role === "tool" ? result.map((block) => ({ ...block, kind: "result" })) : result };
}

/**
 * @param {any} content a string, a list of parts, or anything else
 * @returns {Block[]}
 */
function blocks(content) {
  if (content === null || content === undefined || content === "") return [];
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (Array.isArray(content)) return content.flatMap(part);
  return [{ kind: "data", text: pretty(content) }];
}

/**
 * @param {any} value one content part
 * @returns {Block[]}
 */
function part(value) {
  if (typeof value === "string") return [{ kind: "text", text: value }];
  switch (value?.type) {
    case "text":
    case "input_text":
    case "output_text":
      return [{ kind: "text", text: plain(value.text) }];
    case "thinking":
      return [{ kind: "thinking", text: plain(value.thinking) }];
    case "tool_use":
      return [{ kind: "call", name: plain(value.name), text: pretty(value.input) }];
    case "tool_result":
      return blocks(value.content).map((block) => ({ ...block, kind: "result" }));
    case "image_url":
    case "input_image":
      return [{ kind: "note", name: "image", text: described(value.image_url?.url ?? value.image_url) }];
    case "image":
    case "document":
      return [
        {
          kind: "note",
          name: value.type,
          text: described(value.source?.url ?? value.source?.data, value.source?.media_type),
        },
      ];
    case "input_audio":
      return [{ kind: "note", name: "audio", text: described(value.input_audio?.data, value.input_audio?.format) }];
    default:
      return [{ kind: "data", text: pretty(value) }];
  }
}

/**
 * @param {string | null} response
 * @returns {Turn[]}
 */
function answers(response) {
  if (!response) return [];
  const body = parsed(response) ?? assembled(response);
  if (!body || typeof body !== "object") return [{ role: "assistant", blocks: [{ kind: "text", text: response }] }];
  if (body.error)
    return [{ role: "error", blocks: [{ kind: "text", text: plain(body.error.message ?? pretty(body.error)) }] }];
  if (Array.isArray(body.choices)) {
    return body.choices.map((/** @type {any} */ choice) => ({
      ...turn(choice?.message ?? { role: "assistant", content: choice?.text }),
      finish: choice?.finish_reason ?? null,
    }));
  }
  if (Array.isArray(body.content))
    return [{ role: plain(body.role ?? "assistant"), blocks: blocks(body.content), finish: body.stop_reason ?? null }];
  if (Array.isArray(body.data)) return [{ role: "answer", blocks: [{ kind: "note", text: vectors(body.data) }] }];
  return [{ role: "answer", blocks: [{ kind: "data", text: pretty(body) }] }];
}

/**
 * @param {any[]} data
 * @returns {string}
 */
function vectors(data) {
  const dimensions = data.map((item) => item?.embedding?.length).find((length) => length > 0);
  const many = `${data.length} ${data.length === 1 ? "embedding" : "embeddings"}`;
  return dimensions && Array.isArray(data[0]?.embedding) ? `${many} of ${dimensions} dimensions` : many;
}

/**
 * A stream's events put together as the whole answer would have been.
 * @param {string} text
 * @returns {any}
 */
export function assembled(text) {
  const events = text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => parsed(line.slice(5).trim()))
    .filter((event) => event && typeof event === "object");
  if (events.length === 0) return undefined;
  const failed = events.find((event) => event.error);
  if (events.some((event) => Array.isArray(event.choices))) return assembledChoices(events, failed);
  if (events.some((event) => event.type === "message_start")) return assembledMessage(events);
  return failed;
}

/**
 * @param {any[]} events
 * @param {any} failed
 */
function assembledChoices(events, failed) {
  /** @type {any[]} */
  const choices = [];
  for (const choice of events.flatMap((event) => event.choices ?? [])) {
    const whole = (choices[choice.index ?? 0] ??= {
      message: { role: "assistant", content: "", tool_calls: [] },
      finish_reason: null,
    });
    const delta = choice.delta ?? {};
    if (delta.content) whole.message.content += delta.content;
    if (delta.reasoning_content)
      whole.message.reasoning_content = (whole.message.reasoning_content ?? "") + delta.reasoning_content;
    for (const call of delta.tool_calls ?? []) {
      const known = (whole.message.tool_calls[call.index ?? 0] ??= { function: { name: "", arguments: "" } });
      known.function.name += call.function?.name ?? "";
      known.function.arguments += call.function?.arguments ?? "";
    }
    whole.finish_reason = choice.finish_reason ?? whole.finish_reason;
  }
  if (failed)
    choices.push({ message: { role: "error", content: plain(failed.error?.message ?? pretty(failed.error)) } });
  return { choices: choices.filter(Boolean) };
}

/** @param {any[]} events */
function assembledMessage(events) {
  /** @type {any} */
  const message = { role: "assistant", content: [], stop_reason: null };
  for (const event of events) {
    if (event.type === "content_block_start") message.content[event.index] = { ...event.content_block, json: "" };
    const block = message.content[event.index];
    if (event.type === "content_block_delta" && block) {
      if (event.delta?.text) block.text = (block.text ?? "") + event.delta.text;
      if (event.delta?.thinking) block.thinking = (block.thinking ?? "") + event.delta.thinking;
      if (event.delta?.partial_json) block.json += event.delta.partial_json;
    }
    if (event.type === "message_delta") message.stop_reason = event.delta?.stop_reason ?? null;
  }
  message.content = message.content.filter(Boolean);
  for (const block of message.content) if (block.json) block.input = parsed(block.json) ?? block.json;
  return message;
}

/**
 * @param {unknown} source
 * @param {string} [type]
 */
function described(source, type) {
  const text = typeof source === "string" ? source : "";
  if (/^https?:/.test(text)) return text;
  const media = /^data:([^;,]+)/.exec(text)?.[1] ?? type ?? "inline";
  return text ? `${media}, ${Math.ceil((text.length * 3) / 4 / 1024)} KiB` : media;
}

/** @param {unknown} value */
const plain = (value) =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);

/**
 * JSON with indents; a string that holds JSON is opened first.
 * @param {unknown} value
 * @returns {string}
 */
export function pretty(value) {
  if (typeof value !== "string") return JSON.stringify(value ?? null, null, 2);
  const inner = parsed(value);
  return inner !== undefined && typeof inner === "object" ? JSON.stringify(inner, null, 2) : value;
}
