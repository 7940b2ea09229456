/**
 * The view of a run of the agent.
 *
 * It is made of the run's events, which the page reads from the Jupyter server by itself; where it cannot, the kernel is
 * asked to send them. People decide with the session of the page: requests of theirs go to the server, never to the kernel.
 * Every row is an element of its own that is changed in place, at most once in a frame, so that focus stays where it is.
 */

import { element } from "../elements.js";
import { acting } from "./acting.js";
import { read, server } from "./server.js";
import { Story } from "./story.js";
import { View } from "./view.js";

/* Milliseconds between two attempts to read the run. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

function render({ model, el }) {
  const run = model.get("run_id");
  const story = new Story(model.get("run"));
  let known = server();
  const leaving = new AbortController();
  let view = null;
  let following = false;
  const act = acting(known, run, (message) => view.fail(message), () => follow());
  const host = element("div", "lumina-run");
  el.append(host);
  view = new View(host, story, act);
  const take = (logged) => {
    story.take(logged);
    view.update();
  };
  model.get("events").forEach(take);
  view.update();

  const hear = (message) => {
    if (message?.type === "events") message.events.forEach(take);
    else if (message?.type === "failed") view.fail(message.message);
  };
  const fromKernel = () => {
    known = null;
    act.able = false;
    model.on("msg:custom", hear);
    if (!story.ended) model.send({ type: "follow" });
    view.update();
  };
  // A run that is over has no stream any more, and begins another one when it is undone.
  const follow = async () => {
    if (following) return;
    following = true;
    try {
      await readOn();
    } finally {
      following = false;
    }
  };
  const readOn = async () => {
    for (let wait = FIRST_WAIT; !leaving.signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const before = story.sequence;
      try {
        if (await read(known, run, story.sequence, leaving.signal, take)) return;
      } catch (error) {
        if (leaving.signal.aborted) return;
        if (error.refused) return fromKernel();
      }
      if (story.sequence > before) wait = FIRST_WAIT;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  if (known) follow();
  else fromKernel();
  return () => {
    leaving.abort();
    model.off("msg:custom", hear);
  };
}

export default { render };
