// What UXP offers a panel beside the language: a whitelist, so that tsc refuses whatever a browser has and UXP lacks
// (TextDecoder, alert, fetch to anywhere, innerHTML, dataset, append, URL, structuredClone …). Members are those of
// Adobe's typings for UXP 7.3 and of its change log for 8.1 (ResizeObserver, IntersectionObserver), which came with
// Premiere 25.6. Widen it only with a source.

interface UxpEvent {
  readonly type: string;
  readonly target: HTMLElement;
  readonly currentTarget: HTMLElement;
  readonly defaultPrevented: boolean;
  preventDefault(): void;
  stopPropagation(): void;
}

interface UxpKeyboardEvent extends UxpEvent {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly repeat: boolean;
}

interface UxpPointerEvent extends UxpEvent {
  readonly pointerId: number;
  readonly button: number;
  readonly clientX: number;
  readonly clientY: number;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

interface UxpEvents {
  keydown: UxpKeyboardEvent;
  keyup: UxpKeyboardEvent;
  click: UxpPointerEvent;
  dblclick: UxpPointerEvent;
  contextmenu: UxpPointerEvent;
  mousedown: UxpPointerEvent;
  mouseup: UxpPointerEvent;
  mousemove: UxpPointerEvent;
  mouseenter: UxpPointerEvent;
  mouseleave: UxpPointerEvent;
  pointerdown: UxpPointerEvent;
  pointerup: UxpPointerEvent;
  pointermove: UxpPointerEvent;
  wheel: UxpPointerEvent & { readonly deltaX: number; readonly deltaY: number };
}

interface EventTarget {
  addEventListener<K extends keyof UxpEvents>(name: K, listener: (event: UxpEvents[K]) => void): void;
  addEventListener(name: string, listener: (event: UxpEvent) => void): void;
  removeEventListener<K extends keyof UxpEvents>(name: K, listener: (event: UxpEvents[K]) => void): void;
  removeEventListener(name: string, listener: (event: UxpEvent) => void): void;
}

interface Node extends EventTarget {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly isConnected: boolean;
  readonly parentNode: Node | null;
  readonly parentElement: HTMLElement | null;
  readonly firstChild: Node | null;
  readonly lastChild: Node | null;
  readonly nextSibling: Node | null;
  readonly previousSibling: Node | null;
  readonly firstElementChild: HTMLElement | null;
  readonly lastElementChild: HTMLElement | null;
  readonly childNodes: NodeList<Node>;
  readonly children: NodeList<HTMLElement>;
  textContent: string;
  hasChildNodes(): boolean;
  contains(node: Node): boolean;
  cloneNode(deep: boolean): Node;
  appendChild<T extends Node>(child: T): T;
  insertBefore<T extends Node>(child: T, before: Node | null): T;
  replaceChild<T extends Node>(child: Node, old: T): T;
  removeChild<T extends Node>(child: T): T;
  remove(): void;
}

interface NodeList<T extends Node> {
  readonly length: number;
  readonly [index: number]: T;
  item(index: number): T | null;
  forEach(visit: (node: T, index: number) => void): void;
  [Symbol.iterator](): IterableIterator<T>;
}

interface Text extends Node {}

interface DocumentFragment extends Node {}

interface ClassList {
  readonly length: number;
  add(...names: string[]): void;
  remove(...names: string[]): void;
  toggle(name: string, force: boolean): boolean;
  contains(name: string): boolean;
}

interface CSSStyleDeclaration {
  /** Longhands only: UXP has no `font`, no `text-transform`, no `transition`, no `animation`, no `grid`. */
  [property: string]: any;
  setProperty(name: string, value: string): void;
  removeProperty(name: string): string;
}

interface DOMRect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

interface HTMLElement extends Node {
  readonly tagName: string;
  readonly localName: string;
  id: string;
  className: string;
  tabIndex: number;
  disabled: boolean;
  readonly classList: ClassList;
  readonly style: CSSStyleDeclaration;
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly offsetLeft: number;
  readonly offsetTop: number;
  readonly offsetWidth: number;
  readonly offsetHeight: number;
  readonly scrollWidth: number;
  readonly scrollHeight: number;
  scrollLeft: number;
  scrollTop: number;
  focus(): void;
  blur(): void;
  click(): void;
  scrollIntoView(alignToTop?: boolean): void;
  getBoundingClientRect(): DOMRect;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  hasAttribute(name: string): boolean;
  querySelector(selector: string): HTMLElement | null;
  querySelectorAll(selector: string): NodeList<HTMLElement>;
  closest(selector: string): HTMLElement | null;
  matches(selector: string): boolean;
  setPointerCapture(pointer: number): void;
  releasePointerCapture(pointer: number): void;
}

/** Anything a person types into or picks from: input, textarea, select, option and their sp-* widgets. */
interface UxpField extends HTMLElement {
  value: string;
  placeholder: string;
  checked: boolean;
  selected: boolean;
  selectedIndex: number;
  selectionStart: number;
  selectionEnd: number;
  max: string;
  min: string;
}

interface HTMLImageElement extends HTMLElement {
  src: string;
}

interface HTMLVideoElement extends HTMLElement {
  src: string;
  currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  play(): void;
  pause(): void;
}

interface UxpElements {
  img: HTMLImageElement;
  video: HTMLVideoElement;
  input: UxpField;
  textarea: UxpField;
  select: UxpField;
  option: UxpField;
  "sp-textfield": UxpField;
  "sp-textarea": UxpField;
  "sp-checkbox": UxpField;
  "sp-radio": UxpField;
  "sp-radio-group": UxpField;
  "sp-dropdown": UxpField;
  "sp-menu-item": UxpField;
  "sp-slider": UxpField;
}

interface Document extends Node {
  readonly body: HTMLElement;
  readonly documentElement: HTMLElement;
  readonly activeElement: HTMLElement | null;
  createElement<K extends keyof UxpElements>(tag: K): UxpElements[K];
  createElement(tag: string): HTMLElement;
  createTextNode(text: string): Text;
  createDocumentFragment(): DocumentFragment;
  getElementById(id: string): HTMLElement | null;
  querySelector(selector: string): HTMLElement | null;
  querySelectorAll(selector: string): NodeList<HTMLElement>;
}

declare const document: Document;

interface Storage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

declare const localStorage: Storage;

declare class WebSocket {
  constructor(url: string, protocols?: string | string[]);
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string): void;
  /** 1000 or 3000 to 4999. */
  close(code?: number, reason?: string): void;
  onopen: ((event: unknown) => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

declare class ResizeObserver {
  constructor(changed: (entries: ReadonlyArray<{ target: HTMLElement; contentRect: DOMRect }>) => void);
  observe(element: HTMLElement): void;
  unobserve(element: HTMLElement): void;
  disconnect(): void;
}

declare class IntersectionObserver {
  constructor(
    changed: (entries: ReadonlyArray<{ target: HTMLElement; isIntersecting: boolean }>) => void,
    options?: { root?: HTMLElement | null; rootMargin?: string; threshold?: number | number[] },
  );
  observe(element: HTMLElement): void;
  unobserve(element: HTMLElement): void;
  disconnect(): void;
}

declare const navigator: {
  /** From UXP 8.0 on with plain text; needs the clipboard permission of the manifest. */
  readonly clipboard: { writeText(text: string): Promise<void> };
};

type UxpTimer = number & { readonly timer: unique symbol };
declare function setTimeout(work: () => void, milliseconds?: number): UxpTimer;
declare function clearTimeout(timer: UxpTimer | undefined | null): void;
declare function setInterval(work: () => void, milliseconds: number): UxpTimer;
declare function clearInterval(timer: UxpTimer | undefined | null): void;
declare function requestAnimationFrame(draw: (milliseconds: number) => void): number;
declare function cancelAnimationFrame(handle: number): void;

declare const console: {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};
