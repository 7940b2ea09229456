import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker, type ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import { luminaIcon } from './icon';

/** A widget of which there is one at most; a command opens it. */
export interface IOpenedOnce extends Pick<CommandRegistry.ICommandOptions, 'describedBy'> {
  /** Names it in the layout. */
  readonly id: string;
  readonly command: string;
  /** What the command is called. */
  readonly label: string | CommandRegistry.CommandFunc<string>;
  readonly caption: string;
  readonly icon: LabIcon;
  /** Where it is put, and what it is called there. */
  readonly place: {
    readonly area: 'main' | 'right';
    readonly type: string;
    readonly rank?: number;
  };
  /** Makes it; called whenever it is opened anew, so that what it needs is loaded only then. */
  load(): Promise<Widget>;
  /** What the command's arguments mean once it is shown. */
  turnTo?(widget: Widget, args: ReadonlyPartialJSONObject): void;
}

/** A page of the main area. */
export interface IMainAreaPage {
  /** Id of the widget. */
  readonly id: string;
  readonly command: string;
  /** What the command is called. */
  readonly label: string;
  readonly caption: string;
  /** What the tab is called. */
  readonly title: string;
  /** Makes what is shown; called whenever the page is opened anew. */
  load(): Promise<Widget>;
}

/** Adds the command that opens a widget, and has the widget come back after a reload. */
export function addOpenedOnce(
  app: JupyterFrontEnd,
  opened: IOpenedOnce,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const { commands, shell } = app;
  const { caption, command, icon, id, label, load, place } = opened;
  const tracker = new WidgetTracker({ namespace: id });
  let opening: Promise<Widget> | null = null;

  const open = async () => {
    const widget = await load();
    widget.disposed.connect(() => {
      opening = null;
    });
    await tracker.add(widget);
    const { area, rank, type } = place;
    shell.add(widget, area, { type, ...(rank === undefined ? {} : { rank }) });
    return widget;
  };
  commands.addCommand(command, {
    label,
    caption,
    icon,
    describedBy: opened.describedBy ?? { args: { type: 'object', properties: {} } },
    execute: async args => {
      opening ??= open();
      try {
        const widget = await opening;
        shell.activateById(widget.id);
        opened.turnTo?.(widget, args);
      } catch (error) {
        opening = null;
        throw error;
      }
    }
  });
  palette?.addItem({ command, category: trans.__('Lumina') });
  void restorer?.restore(tracker, { command, name: () => id });
}

/** The same for a page of the main area. */
export function addMainAreaPage(
  app: JupyterFrontEnd,
  page: IMainAreaPage,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const load = async () => {
    const widget = new MainAreaWidget({ content: await page.load() });
    widget.id = page.id;
    widget.title.label = page.title;
    widget.title.icon = luminaIcon;
    widget.title.closable = true;
    widget.toolbar.hide();
    return widget;
  };
  const place = { area: 'main', type: page.title } as const;
  addOpenedOnce(app, { ...page, icon: luminaIcon, place, load }, palette, restorer, trans);
}
