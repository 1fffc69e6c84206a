/**
 * What must not happen on any page: errors, violations of the content security policy, a layout
 * that shifts. Collected for as long as the page lives, judged when the journey ends.
 */
import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';

/** What a browser says by itself about an answer or a server that is away; not ours to prevent. */
const OF_THE_NETWORK = [
  /^Failed to load resource: /,
  /^WebSocket connection to .* failed/,
  /net::ERR_(CONNECTION|EMPTY_RESPONSE|SOCKET|NETWORK|TIMED_OUT|INCOMPLETE|INVALID_HTTP)/,
];

/** Runs in each page before its own scripts. */
function observe(): void {
  const shifts: { value: number; sources: string[] }[] = [];
  Object.assign(window, { __shifts: shifts });
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
  });
  interface Shift extends PerformanceEntry {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources?: readonly { readonly node: Node | null }[];
  }
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      if (entry.hadRecentInput) continue;
      const sources = (entry.sources ?? []).map(({ node }) =>
        node instanceof Element ? node.outerHTML.slice(0, 120) : String(node?.textContent),
      );
      shifts.push({ value: entry.value, sources });
    }
  });
  observer.observe({ type: 'layout-shift', buffered: true });
}

export class Watch {
  readonly problems: string[] = [];

  static async over(context: BrowserContext): Promise<void> {
    await context.addInitScript(observe);
  }

  follow(page: Page): void {
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const text = message.text();
      if (OF_THE_NETWORK.some((pattern) => pattern.test(text))) return;
      this.problems.push(`console: ${text} (${message.location().url})`);
    });
    page.on('pageerror', (error) => {
      this.problems.push(`error: ${error.stack ?? error.message}`);
    });
    page.on('crash', () => {
      this.problems.push('the page crashed');
    });
  }

  /** The sum of the shifts that no input explains, and what moved. */
  static async shifts(page: Page): Promise<{ total: number; moved: string[] }> {
    const all = await page.evaluate(
      () =>
        (window as unknown as { __shifts?: { value: number; sources: string[] }[] }).__shifts ?? [],
    );
    return {
      total: all.reduce((sum, { value }) => sum + value, 0),
      moved: all.flatMap(({ value, sources }) => sources.map((one) => `${String(value)} ${one}`)),
    };
  }
}
