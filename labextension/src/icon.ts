import { LabIcon } from '@jupyterlab/ui-components';

/** Lumina's sign: a spark with four rays; it takes the colour of the text around it in both themes. */
export const luminaIcon = new LabIcon({
  name: 'lumina-jupyter:spark',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M12 1.5c.9 5.9 3.6 8.7 10.5 10.5C15.6 13.8 12.9 16.6 12 22.5' +
    'c-.9-5.9-3.6-8.7-10.5-10.5C8.4 10.2 11.1 7.4 12 1.5z"/></svg>'
});
