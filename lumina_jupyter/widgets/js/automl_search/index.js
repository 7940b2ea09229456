/**
 * The view of a search for models.
 *
 * The kernel sends the whole board from time to time and at the end (`board`), and in between the rows that changed. What a
 * person presses goes to the kernel as a message, which JupyterLab delivers while the cell of the search still runs.
 * Elements are changed in place, at most once in a frame, so that focus and scrolling stay where they are.
 */

import { element } from "../elements.js";
import { Search } from "./search.js";
import { View } from "./view.js";

function render({ model, el }) {
  const search = new Search(model.get("board"));
  const host = element("div");
  el.append(host);
  const view = new View(host, search, (message) => model.send(message));
  const whole = () => {
    search.take(model.get("board"));
    view.update();
  };
  const hear = (message) => {
    if (message?.type !== "changed") return;
    search.change(message.changed);
    view.update();
  };
  model.on("change:board", whole);
  model.on("msg:custom", hear);
  view.update();
  return () => {
    model.off("change:board", whole);
    model.off("msg:custom", hear);
    view.close();
  };
}

export default { render };
