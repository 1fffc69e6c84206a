/**
 * A UUID of version 7 (RFC 9562, 5.7 and 6.2): when it was made, the low 12 bits of `count`, by
 * which those of one page differ, and chance, by which pages do.
 */
export function uuidV7(wallMs: number, count: number, chance: () => number): string {
  const hex = (value: number, digits: number): string =>
    Math.floor(value).toString(16).padStart(digits, '0');
  const time = hex(wallMs, 12);
  const variant = hex(0x8000 + Math.floor(chance() * 0x4000), 4);
  const rest = hex(chance() * 16 ** 12, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count % 4096, 3)}-${variant}-${rest}`;
}
