import { element } from "../elements.js";

const KEYS = new Set(["ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "End", "Home", "PageDown", "PageUp", " "]);

/** A part of the view that scrolls, also with the keyboard: the front end would take the keys to go to other cells. */
export function scrolling(label) {
  const made = element("div", "scroll");
  made.tabIndex = 0;
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", label);
  made.addEventListener("keydown", (event) => {
    if (KEYS.has(event.key)) event.stopPropagation();
  });
  return made;
}
