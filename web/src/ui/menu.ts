/** What a menu offers. */
import type { IconNode } from './icons';

export interface MenuChoice {
  readonly kind: 'choice';
  readonly label: string;
  /** A second line, in smaller words. */
  readonly note?: string;
  readonly icon?: IconNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Given: one of several, shown with a tick. */
  readonly checked?: boolean;
  readonly onselect: () => void;
}

export type MenuEntry = MenuChoice | { readonly kind: 'line' };
