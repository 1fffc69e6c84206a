/** Copies text; false if the browser does not let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Absent where the page came over plain HTTP from another machine.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (clipboard !== undefined) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused without a gesture; the older way may still be allowed.
  }
  const home = document.querySelector('dialog:modal') ?? document.body;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  home.append(field);
  const before = document.activeElement;
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without HTTPS
  const copied = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}

export function roomLink(code: string): string {
  return `${location.origin}/room/${code}`;
}
