/** A file from the desktop, dropped on the middle of a page: real drag events of the browser. */
import type { Page } from 'playwright-core';

export async function dropFile(page: Page, file: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 800, height: 600 };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', {
      type,
      x: size.width / 2,
      y: size.height / 2,
      data,
    });
  }
  await session.detach();
}
