/**
 * Which files of the built extension a page loads when JupyterLab starts: it plays JupyterLab's loader.
 *
 * node loadedAtStart.mjs STATIC_FOLDER, after a production build. Prints a JSON list of file names: the
 * remote entry, and whatever it fetches for the modules that JupyterLab asks it for. JupyterLab hands out the
 * packages that are its own; nothing of the extension runs.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';

const [folder] = process.argv.slice(2);
const core = JSON.parse(
  readFileSync(
    new URL('../node_modules/@jupyterlab/core-meta/core.package.json', import.meta.url),
    'utf8'
  )
);
const loaded = [];

function load(file) {
  loaded.push(file);
  runInContext(readFileSync(join(folder, file), 'utf8'), page);
}

/** What JupyterLab shares: each package by its version, present already. */
function shared() {
  const versions = { ...core.dependencies, ...core.resolutions };
  return Object.fromEntries(
    Object.entries(versions).map(([name, range]) => [
      name,
      {
        [range.replace(/^\D+/, '')]: { get: async () => () => ({}), from: 'jupyterlab', loaded: 1 }
      }
    ])
  );
}

const scripts = {
  createElement: () => ({ setAttribute: () => undefined, getAttribute: () => null }),
  getElementsByTagName: () => [],
  currentScript: { tagName: 'SCRIPT', src: 'http://lab/static/remoteEntry.js' },
  head: {
    appendChild: script => {
      load(basename(new URL(script.src).pathname));
      queueMicrotask(() => script.onload({ type: 'load', target: script }));
    }
  }
};
const page = createContext({ document: scripts, console, setTimeout, clearTimeout, URL });
runInContext('var self = globalThis, window = globalThis;', page);

load(readdirSync(folder).find(file => /^remoteEntry\..*\.js$/.test(file)));
const [container] = Object.values(page._JUPYTERLAB);
await container.init(shared());
await container.get('./extension');
await container.get('./style');
console.log(JSON.stringify(loaded));
process.exit(0);
