import { cellActionsPlugin } from './cellActions/plugin';
import { promptCellsPlugin } from './cells/plugin';
import { ghostTextPlugin } from './ghostText/plugin';
import { statusPlugin } from './status/plugin';

export default [statusPlugin, promptCellsPlugin, ghostTextPlugin, cellActionsPlugin];
