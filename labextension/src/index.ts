import { activityPlugin } from './activity/plugin';
import { notebookEventsPlugin } from './agent/eventsPlugin';
import { agentPlugin } from './agent/plugin';
import { cellActionsPlugin } from './cellActions/plugin';
import { approvalsPlugin } from './approvals/plugin';
import { promptCellsPlugin } from './cells/plugin';
import { chatPlugin } from './chat/plugin';
import { slashCommandsPlugin } from './chat/slash/plugin';
import { doctorPlugin } from './doctor/plugin';
import { ghostTextPlugin } from './ghostText/plugin';
import { historyPlugin } from './history/plugin';
import { notebookFilesPlugin } from './notebook/plugin';
import { notebookMapPlugin } from './notebookMap/plugin';
import { proposalsPlugin } from './proposals/plugin';
import { settingsPlugin } from './settings/plugin';
import { statusPlugin } from './status/plugin';

export default [
  statusPlugin,
  approvalsPlugin,
  promptCellsPlugin,
  ghostTextPlugin,
  cellActionsPlugin,
  slashCommandsPlugin,
  chatPlugin,
  notebookMapPlugin,
  historyPlugin,
  notebookEventsPlugin,
  activityPlugin,
  notebookFilesPlugin,
  agentPlugin,
  proposalsPlugin,
  settingsPlugin,
  doctorPlugin
];
