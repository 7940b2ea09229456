/** Write into the textarea as a person would, so that Ctrl+Z takes it back. */
export function type(node: HTMLTextAreaElement, from: number, to: number, text: string): void {
  node.setSelectionRange(from, to);
  if (!document.execCommand('insertText', false, text)) {
    node.setRangeText(text, from, to, 'end');
    node.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
