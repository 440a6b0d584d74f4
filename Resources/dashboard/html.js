// @ts-check
// The one way to make elements. Strings become text nodes, so nothing from a log is ever read as markup, and an
// address that could run code is refused.

/** @typedef {Node | string | number | null | undefined | false | any[]} Child */
/**
 * @typedef {object} Own
 * @property {string} [class]
 * @property {Record<string, (event: any) => void>} [on] listeners by event
 * @property {Record<string, string>} [style] set through the object model, which the content security policy allows
 * @property {Record<string, string>} [data]
 */
/** @typedef {Own & { [attribute: string]: any }} Props */

const SVG = "http://www.w3.org/2000/svg";
const safeAddress = /^(#|\/(?!\/)|https?:\/\/)/;

/**
 * An element: `h("a", { href: "#/", class: "quiet", on: { click } }, "Overview")`.
 * `true` makes an empty attribute; `false`, `null` and `undefined` leave it out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props, ...children) {
  return /** @type {any} */ (build(document.createElement(tag), props, children));
}

/**
 * An SVG element, made the same way.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 */
export function svg(tag, props, ...children) {
  return /** @type {SVGElement} */ (build(document.createElementNS(SVG, tag), props, children));
}

/**
 * Puts children in place of what an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function replace(element, ...children) {
  element.replaceChildren(...flat(children));
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
export function flat(children) {
  return /** @type {any[]} */ (children)
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "object" ? child : String(child)));
}

/**
 * @param {any} element
 * @param {Props | null | undefined} props
 * @param {Child[]} children
 */
function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") listen(element, value);
    else if (name === "style") for (const key of Object.keys(value)) element.style.setProperty(key, value[key]);
    else if (name === "data") Object.assign(element.dataset, value);
    else setAttribute(element, name, value);
  }
  element.append(...flat(children));
  return element;
}

/**
 * @param {Element} element
 * @param {Record<string, (event: any) => void>} handlers
 */
function listen(element, handlers) {
  for (const [event, handler] of Object.entries(handlers)) element.addEventListener(event, handler);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function setAttribute(element, name, value) {
  if (/^(on|srcdoc$)/i.test(name)) throw new TypeError(`"${name}" is not an attribute that pages may set`);
  const text = value === true ? "" : String(value);
  if (/^(href|src|action|formaction)$/i.test(name) && !safeAddress.test(text)) {
    throw new TypeError(`"${text.slice(0, 40)}" is not an address that pages may link to`);
  }
  element.setAttribute(name, text);
}
