import { LabIcon } from '@jupyterlab/ui-components';

/** An icon of one path, in the colour of the text around it. */
function icon(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `lumina-jupyter:${name}`,
    svgstr:
      '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
      `<path class="jp-icon3" fill="#616161" d="${path}"/></svg>`
  });
}

/** Two arrows that change places. */
export const replaceIcon = icon(
  'replace',
  'M7 4 2.5 8.5 7 13v-3.2h10V7.2H7V4zm10 7v3.2H7v2.6h10V20l4.5-4.5L17 11z'
);
/** A way that forks. */
export const branchIcon = icon(
  'branch',
  'M6 3a3 3 0 0 0-1 5.8v6.4a3 3 0 1 0 2 0V13c2 1.2 4.3 1.5 7 1.5h1.2a3 3 0 1 0 0-2H14c-4.4 0-7-1-7-3.7A3 3 0 0 0 6 3z'
);
/** An arrow that points up: send. */
export const sendIcon = icon(
  'send',
  'M12 3 4.5 10.5l1.9 1.9 4.3-4.3V21h2.6V8.1l4.3 4.3 1.9-1.9L12 3z'
);
/** A square: stop. */
export const stopIcon = icon('stop', 'M6 6h12v12H6z');
/** A spanner: a tool. */
export const toolIcon = icon(
  'tool',
  'M21 7.5 17.6 11l-3.2-.8-.8-3.2L17 3.5a5.5 5.5 0 0 0-7.3 7L3.2 17a2.6 2.6 0 0 0 3.7 3.7l6.6-6.4A5.5 5.5 0 0 0 21 7.5z'
);
/** An at sign. */
export const mentionIcon = icon(
  'mention',
  'M12 2a10 10 0 1 0 5 18.7l-.9-1.8A8 8 0 1 1 20 12v1.3a1.6 1.6 0 0 1-3.2 0V8h-2v.7a5 5 0 1 0 .5 6.4A3.6 3.6 0 0 0 22 13.3V12A10 10 0 0 0 12 2zm0 13a3 3 0 1 1 0-6 3 3 0 0 1 0 6z'
);
/** A question mark. */
export const questionIcon = icon(
  'question',
  'M11 17h2v2h-2zm1-12a4.2 4.2 0 0 0-4.2 4.2h2a2.2 2.2 0 1 1 3.7 1.6C12.300 11.900 11 12.800 11 15h2c0-1.300.6-1.800 1.700-2.800A4.200 4.200 0 0 0 12 5z'
);
/** A picture. */
export const pictureIcon = icon(
  'picture',
  'M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6c0-1.100.900-2 2-2zm0 2v10.600l4.500-4.500 3.500 3.500 5-5 3 3V6zm4.500 4.500a1.700 1.700 0 1 1 0-3.400 1.700 1.700 0 0 1 0 3.400z'
);
