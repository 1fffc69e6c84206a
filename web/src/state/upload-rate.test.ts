import { expect, it } from 'vitest';
import { UploadRate } from './upload-rate';

it('says nothing before it has seen something', () => {
  const rate = new UploadRate();
  expect(rate.bytesPerSecond).toBeNull();
  rate.restart(0, 0);
  rate.sent(300, 3000);
  expect(rate.secondsLeft(3000, 10_000)).toBeNull();
});

it('goes by the last seconds, not by the whole', () => {
  const rate = new UploadRate();
  rate.restart(0, 0);
  for (let s = 1; s <= 20; s += 1) rate.sent(s * 1000, s * 1000);
  for (let s = 21; s <= 40; s += 1) rate.sent(s * 1000, 20_000 + (s - 20) * 5000);
  expect(rate.bytesPerSecond).toBeCloseTo(5000, 0);
  expect(rate.secondsLeft(120_000, 220_000)).toBeCloseTo(20, 0);
});

it('forgets what was before a pause', () => {
  const rate = new UploadRate();
  rate.restart(0, 0);
  rate.sent(1000, 1000);
  rate.restart(60_000, 1000);
  rate.sent(61_000, 3000);
  expect(rate.bytesPerSecond).toBe(2000);
});

it('starts anew when the server has less than we thought', () => {
  const rate = new UploadRate();
  rate.restart(0, 0);
  rate.sent(1000, 5000);
  rate.sent(2000, 2000);
  rate.sent(3000, 4000);
  expect(rate.bytesPerSecond).toBe(2000);
});
