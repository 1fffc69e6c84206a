import { describe, expect, it } from 'vitest';
import { placeBeside } from './place';

const VIEW = { width: 400, height: 300 };

describe('something beside its button', () => {
  const button = { left: 180, top: 140, width: 40, height: 40 };

  it('stands above, in the middle', () => {
    const size = { width: 100, height: 50 };
    expect(placeBeside(button, size, VIEW, 'above-middle')).toEqual({ left: 150, top: 82 });
  });

  it('lines up its end with the end of the button', () => {
    const size = { width: 100, height: 50 };
    expect(placeBeside(button, size, VIEW, 'below-end')).toEqual({ left: 120, top: 188 });
  });

  it('turns to the other side where it does not fit', () => {
    const low = { ...button, top: 250 };
    const placed = placeBeside(low, { width: 100, height: 120 }, VIEW, 'below-start');
    expect(placed.top).toBe(122);
  });

  it('never leaves the window', () => {
    const corner = { left: 390, top: 0, width: 10, height: 10 };
    const placed = placeBeside(corner, { width: 300, height: 290 }, VIEW, 'above-middle');
    expect(placed).toEqual({ left: 92, top: 8 });
  });
});
