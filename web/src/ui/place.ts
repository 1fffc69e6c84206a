/** Puts a floating thing beside what it belongs to, inside the window. */

/** Which side of the anchor, and which of their edges line up. */
export type Placement = 'above-middle' | 'above-end' | 'below-start' | 'below-end';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP = 8;
const EDGE = 8;

function across(anchor: Box, size: Size, placement: Placement): number {
  if (placement.endsWith('middle')) return anchor.left + (anchor.width - size.width) / 2;
  return placement.endsWith('end') ? anchor.left + anchor.width - size.width : anchor.left;
}

/** Left and top for a thing of this size. Turns to the other side where there is more room. */
export function placeBeside(
  anchor: Box,
  size: Size,
  view: Size,
  placement: Placement,
): { readonly left: number; readonly top: number } {
  const above = anchor.top - GAP - size.height;
  const below = anchor.top + anchor.height + GAP;
  const roomAbove = anchor.top;
  const roomBelow = view.height - anchor.top - anchor.height;
  const wantsAbove = placement.startsWith('above');
  const fitsWanted = wantsAbove ? above >= EDGE : below + size.height <= view.height - EDGE;
  const goAbove = fitsWanted ? wantsAbove : roomAbove > roomBelow;
  const top = goAbove ? above : below;
  const left = across(anchor, size, placement);
  return {
    left: Math.max(EDGE, Math.min(left, view.width - size.width - EDGE)),
    top: Math.max(EDGE, Math.min(top, view.height - size.height - EDGE)),
  };
}

export function place(floating: HTMLElement, anchor: Element, placement: Placement): void {
  const { left, top } = placeBeside(
    anchor.getBoundingClientRect(),
    floating.getBoundingClientRect(),
    { width: document.documentElement.clientWidth, height: window.innerHeight },
    placement,
  );
  floating.style.left = `${String(Math.round(left))}px`;
  floating.style.top = `${String(Math.round(top))}px`;
}
