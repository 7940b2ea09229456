import { LabIcon } from '@jupyterlab/ui-components';

/** Steps on a line: what was done, one after the other. */
export const activityIcon = new LabIcon({
  name: 'lumina-jupyter:activity',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M6 2.500a3 3 0 0 1 1 5.830v3.340a3 3 0 0 1 0 5.660V21H5v-3.670' +
    'a3 3 0 0 1 0-5.660V8.330A3 3 0 0 1 6 2.500zM11 4.500h10v2H11zm0 9h10v2H11z"/></svg>'
});
