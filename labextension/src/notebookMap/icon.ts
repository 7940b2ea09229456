import { LabIcon } from '@jupyterlab/ui-components';

/** One cell that two others depend on; it takes the colour of the text around it. */
export const notebookMapIcon = new LabIcon({
  name: 'lumina-jupyter:notebook-map',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M3 3h9v5H8.5v2.5H20V13h-1v3h2v5h-8v-5h3.500v-3h-8v3H11v5H3v-5h3V8H3z"/></svg>'
});
