import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker, type ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { luminaIcon } from './icon';

/** A page of the main area, of which there is one at most; a command opens it. */
export interface IMainAreaPage {
  /** Id of the widget. */
  readonly id: string;
  readonly command: string;
  /** What the command is called. */
  readonly label: string;
  readonly caption: string;
  /** What the tab is called. */
  readonly title: string;
  /** Makes what is shown; called whenever the page is opened anew, so that what it needs is loaded only then. */
  load(): Promise<Widget>;
}

/** Adds the command that opens a page, and has the page come back after a reload. */
export function addMainAreaPage(
  app: JupyterFrontEnd,
  page: IMainAreaPage,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const { commands, shell } = app;
  const tracker = new WidgetTracker<MainAreaWidget>({ namespace: page.id });
  let opened: Promise<MainAreaWidget> | null = null;

  const open = async () => {
    const content = await page.load();
    const widget = new MainAreaWidget({ content });
    widget.id = page.id;
    widget.title.label = page.title;
    widget.title.icon = luminaIcon;
    widget.title.closable = true;
    widget.toolbar.hide();
    widget.disposed.connect(() => {
      opened = null;
    });
    await tracker.add(widget);
    shell.add(widget, 'main', { type: page.title });
    return widget;
  };
  commands.addCommand(page.command, {
    label: page.label,
    caption: page.caption,
    icon: luminaIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      opened ??= open();
      try {
        shell.activateById((await opened).id);
      } catch (error) {
        opened = null;
        throw error;
      }
    }
  });
  palette?.addItem({ command: page.command, category: trans.__('Lumina') });
  void restorer?.restore(tracker, { command: page.command, name: () => page.id });
}
