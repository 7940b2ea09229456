import { element } from "../elements.js";

/** Something that is folded away until somebody wants to see it. */
export function folded(title) {
  const made = element("details");
  made.append(element("summary", "", title));
  return made;
}
