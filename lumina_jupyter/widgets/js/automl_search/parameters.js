import { element } from "../elements.js";
import { coordinates } from "./coordinates.js";
import { folded } from "./folded.js";
import { scrolling } from "./scrolling.js";

/** What was tried of a family that is chosen, and what came of it: drawn only while it is unfolded. */
export class Parameters {
  /** `changed` is called when it is to be drawn anew. */
  constructor(changed) {
    this.family = "";
    this.drawn = "";
    this.node = folded("Parameters");
    this.choose = element("select");
    this.choose.setAttribute("aria-label", "Family");
    this.choose.addEventListener("change", () => {
      this.family = this.choose.value;
      changed();
    });
    this.lines = scrolling("Parameters of trials");
    this.node.append(this.choose, this.lines);
    this.node.addEventListener("toggle", changed);
  }

  render(search) {
    const families = triedFamilies(search);
    this.node.hidden = !families.length;
    if (!families.length || !this.node.open) return;
    if (!families.some(({ name }) => name === this.family)) this.family = families.reduce(moreTried).name;
    const drawn = JSON.stringify([this.family, families.map(({ name, trials }) => [name, trials])]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.choose.replaceChildren(...families.map((family) => option(family, family.name === this.family)));
    this.lines.replaceChildren(coordinates(search, this.family));
  }
}

/** Families of which more than one configuration has a score. */
function triedFamilies({ scored }) {
  const families = new Map();
  for (const row of scored) {
    if (!Object.keys(row.params).length) continue;
    families.set(row.family, { name: row.family, title: row.title, trials: (families.get(row.family)?.trials ?? 0) + 1 });
  }
  return [...families.values()].filter(({ trials }) => trials > 1);
}

function moreTried(one, other) {
  return other.trials > one.trials ? other : one;
}

function option({ name, title, trials }, selected) {
  const made = element("option", "", `${title} (${trials})`);
  made.value = name;
  made.selected = selected;
  return made;
}
