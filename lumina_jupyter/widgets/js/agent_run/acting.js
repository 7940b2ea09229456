import { ask } from "./server.js";

/** What people can do: requests of the page to its server. Without a server nothing. */
export function acting(known, run, failed, done) {
  const attempt = async (path, body) => {
    failed("");
    try {
      const told = await ask(known, "POST", path, body ?? {});
      done();
      return told;
    } catch (error) {
      failed(error.message);
      return null;
    }
  };
  const act = (word, body) => attempt(`runs/${encodeURIComponent(run)}/${word}`, body);
  act.able = known !== null;
  act.decide = (approval, body) => attempt(`approvals/${encodeURIComponent(approval)}`, body);
  act.approval = async (approval) => (known ? ask(known, "GET", `approvals/${encodeURIComponent(approval)}`) : null);
  return act;
}
