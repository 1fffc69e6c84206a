/**
 * Lines that arrive at the end push the earlier ones up. They glide there, so that the eye can
 * follow; whoever asked for less motion sees them move at once.
 */
const GLIDE_MS = 160;
/** A whole history that arrives at once is no movement to follow. */
const MOST_PIXELS = 240;

/** How tall what is said stands at the end of `lines`, which may be taller than that. */
export function tallness(lines: HTMLElement): number {
  const first = lines.firstElementChild;
  return first instanceof HTMLElement ? lines.offsetHeight - first.offsetTop : 0;
}

/** `lines` grew at its end by so many pixels, and is shown there. */
export function glide(lines: HTMLElement, grownPixels: number): void {
  if (grownPixels <= 0 || grownPixels > MOST_PIXELS) return;
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const from = { transform: `translateY(${String(grownPixels)}px)` };
  // Added up: the next line may come while this one glides.
  lines.animate([from, { transform: 'none' }], {
    duration: GLIDE_MS,
    easing: 'ease-out',
    composite: 'add',
  });
}
