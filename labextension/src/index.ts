import { cellActionsPlugin } from './cellActions/plugin';
import { promptCellsPlugin } from './cells/plugin';
import { chatPlugin } from './chat/plugin';
import { slashCommandsPlugin } from './chat/slash/plugin';
import { ghostTextPlugin } from './ghostText/plugin';
import { statusPlugin } from './status/plugin';

export default [
  statusPlugin,
  promptCellsPlugin,
  ghostTextPlugin,
  cellActionsPlugin,
  slashCommandsPlugin,
  chatPlugin
];
