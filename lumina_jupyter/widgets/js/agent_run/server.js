/** The Jupyter server, asked by the page itself with the session of whoever looks at it. */

/** The Jupyter server whose page this is; null elsewhere. */
export function server() {
  let baseUrl = document.body.dataset.baseUrl;
  let token = "";
  const config = document.getElementById("jupyter-config-data");
  if (config) {
    try {
      const read = JSON.parse(config.textContent);
      baseUrl = read.baseUrl ?? baseUrl;
      token = read.token ?? "";
    } catch {
      return null;
    }
  }
  if (!baseUrl) return null;
  const root = new URL(baseUrl, location.href);
  if (root.origin !== location.origin) return null;
  return { url: new URL("lumina/api/", root.href.endsWith("/") ? root : `${root}/`).href, token };
}

function headers(known) {
  const made = {};
  if (known.token) made.Authorization = `token ${known.token}`;
  const xsrf = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie);
  if (xsrf) made["X-XSRFToken"] = decodeURIComponent(xsrf[1]);
  return made;
}

/** The JSON of an answer; throws an error whose message is a sentence. */
export async function ask(known, method, path, body, signal) {
  const response = await fetch(known.url + path, {
    method,
    signal,
    credentials: "same-origin",
    headers: { ...headers(known), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = told.error ?? {};
    throw new Error([error.message ?? `The server answered with status ${response.status}.`, error.hint].filter(Boolean).join(" "));
  }
  return told;
}

/** Reads the run's stream once, from after an event; whether the run is over. */
export async function read(known, run, after, signal, take) {
  const response = await fetch(`${known.url}runs/${encodeURIComponent(run)}/stream?after=${after}`, {
    signal,
    credentials: "same-origin",
    headers: headers(known),
  });
  if (!response.ok || !response.body) {
    const error = new Error(`status ${response.status}`);
    error.refused = response.status >= 400 && response.status < 500;
    throw error;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return false;
    text += value;
    let end;
    while ((end = text.indexOf("\n\n")) >= 0) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
      if (name === "over") return true;
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (name === "entry" && data) take(JSON.parse(data));
    }
  }
}
