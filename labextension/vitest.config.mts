import { readFile } from 'node:fs/promises';
import { defineConfig, type Plugin } from 'vitest/config';

/** Icons come as text, as JupyterLab's own bundler gives them. */
const svgAsText: Plugin = {
  name: 'svg-as-text',
  enforce: 'pre',
  async load(id) {
    const [path = ''] = id.split('?');
    return path.endsWith('.svg')
      ? `export default ${JSON.stringify(await readFile(path, 'utf8'))};`
      : null;
  }
};

export default defineConfig({
  plugins: [svgAsText],
  // Several packages that bring a React or an editor of their own would be two of it.
  resolve: { dedupe: ['react', 'react-dom', '@codemirror/state', '@codemirror/view', 'yjs'] },
  // The front ends of the widgets lie in the Python package.
  server: { fs: { allow: ['.', '../lumina_jupyter/widgets'] } },
  test: {
    environment: 'jsdom',
    include: ['test/**/*.spec.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    restoreMocks: true,
    css: false,
    // JupyterLab's packages are written for a bundler: imports without endings, style sheets, icons.
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//, /@lumino\//, /react-virtuoso/] } }
  }
});
