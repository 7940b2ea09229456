import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import type { ExportFormat, IConversation } from '../model';
import { importConversation, saveConversation } from './files';
import type { IChatServices } from './services';
import { shown } from './shown';

/** Open the menu with what can be done with a conversation; null when there is none yet. */
export function openConversationMenu(
  button: HTMLElement,
  conversation: IConversation | null,
  services: IChatServices
): void {
  const { trans } = services;
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  menu.addClass('jp-LuminaChat-menu');
  const add = (id: string, label: string, execute: () => Promise<unknown>, isEnabled = true) => {
    commands.addCommand(id, {
      label,
      isEnabled: () => isEnabled,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => shown(execute())
    });
    return { command: id };
  };
  const own = conversation?.mine ?? false;
  if (conversation) {
    menu.addItem(add('rename', trans.__('Rename…'), () => rename(conversation, services)));
    menu.addItem(
      add(
        'share',
        conversation.shared ? trans.__('Make Private…') : trans.__('Share…'),
        () => changeSharing(conversation, services),
        own
      )
    );
    menu.addItem({ type: 'separator' });
    const formats: [ExportFormat, string][] = [
      ['markdown', trans.__('Markdown')],
      ['notebook', trans.__('Notebook')],
      ['json', trans.__('JSON')],
      ['chat', trans.__('Chat File (.chat)')]
    ];
    const submenu = new MenuSvg({ commands });
    submenu.title.label = trans.__('Export As');
    for (const [format, label] of formats) {
      submenu.addItem(
        add(`export-${format}`, label, () => saveConversation(conversation, format, services))
      );
    }
    menu.addItem({ type: 'submenu', submenu });
  }
  menu.addItem(add('import', trans.__('Import…'), () => importConversation(services)));
  if (conversation) {
    menu.addItem({ type: 'separator' });
    menu.addItem(add('delete', trans.__('Delete…'), () => remove(conversation, services), own));
  }
  menu.aboutToClose.connect(() => button.focus());
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}

async function rename(conversation: IConversation, { model, trans }: IChatServices): Promise<void> {
  const result = await InputDialog.getText({
    title: trans.__('Rename the conversation'),
    label: trans.__('Title'),
    text: conversation.title,
    okLabel: trans.__('Rename')
  });
  const title = result.value?.trim();
  if (result.button.accept && title) {
    await model.rename(conversation.id, title);
  }
}

async function changeSharing(
  conversation: IConversation,
  { model, trans }: IChatServices
): Promise<void> {
  const share = !conversation.shared;
  const result = await showDialog({
    title: share
      ? trans.__('Share this conversation?')
      : trans.__('Make this conversation private?'),
    body: share
      ? trans.__(
          'Everyone who may use Lumina on this server will see all of it: the questions, the answers and what the model was shown.'
        )
      : trans.__('Nobody but you will see it any more, also those who have it open now.'),
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: share ? trans.__('Share') : trans.__('Make Private') })
    ]
  });
  if (result.button.accept) {
    await model.share(conversation.id, share);
  }
}

async function remove(conversation: IConversation, { model, trans }: IChatServices): Promise<void> {
  const result = await showDialog({
    title: trans.__('Delete this conversation?'),
    body: trans.__(
      '“%1” with all its questions, answers and pictures is really deleted, for everyone. This cannot be undone; export it first if you want to keep it.',
      conversation.title || trans.__('New conversation')
    ),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  if (result.button.accept) {
    await model.remove(conversation.id);
  }
}
