import { promptCellsPlugin } from './cells/plugin';
import { statusPlugin } from './status/plugin';

export default [statusPlugin, promptCellsPlugin];
