import type { ExportFormat, IConversation } from '../model';
import type { IChatServices } from './services';

/** Give a conversation to the browser as a download. */
export async function saveConversation(
  conversation: IConversation,
  format: ExportFormat,
  { model, announce, trans }: IChatServices
): Promise<void> {
  const { name, blob } = await model.exportAs(conversation.id, format);
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own hold on the bytes once it has begun.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
  announce(trans.__('Exported as %1.', name));
}

/** Let a person choose a file, and make a conversation of it. */
export async function importConversation({ model, announce, trans }: IChatServices): Promise<void> {
  const file = await chooseFile('.json,.chat,application/json');
  if (!file) {
    return;
  }
  const made = await model.importFrom(
    await file.text(),
    file.name.endsWith('.chat') ? 'chat' : 'json'
  );
  announce(trans.__('Imported as “%1”.', made.title));
}

function chooseFile(accept: string): Promise<File | null> {
  return new Promise(resolve => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
