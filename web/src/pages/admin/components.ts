/** The parts of the server as an operator reads them: what is in trouble first. */
import type { ComponentHealth } from '../../api';
import { locale, t } from '../../i18n';

export interface PartView {
  readonly name: string;
  readonly level: 'ok' | 'degraded' | 'down' | 'unused';
  readonly words: string;
  readonly latency: string | null;
  readonly detail: string | null;
}

const ORDER = { down: 0, degraded: 1, ok: 2, unused: 3 } as const;

function levelOf(status: string): PartView['level'] {
  return status === 'ok' || status === 'degraded' || status === 'down' ? status : 'unused';
}

export function componentWords(name: string): string {
  const words: Readonly<Record<string, string>> = t.admin.component;
  return words[name] ?? name;
}

export function componentsOf(components: readonly ComponentHealth[]): readonly PartView[] {
  return components
    .map(({ name, status, latency_ms, detail }) => {
      const level = levelOf(status);
      const latency =
        latency_ms === null
          ? null
          : t.admin.latency(latency_ms.toLocaleString(locale, { maximumFractionDigits: 1 }));
      const words = t.admin.componentState[level === 'unused' ? 'disabled' : level];
      return { name, level, words, latency, detail };
    })
    .sort((a, b) => ORDER[a.level] - ORDER[b.level]);
}
