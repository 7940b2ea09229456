import { button } from "../elements.js";

/** A button that does something when a person presses it: no script of the page can. */
export function personsButton(text, pressed, main = false) {
  const made = button(text, (event) => {
    if (event.isTrusted) pressed();
  });
  if (main) made.className = "main";
  return made;
}
