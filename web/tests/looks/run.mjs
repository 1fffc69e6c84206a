/** Renders scenes, reads them with axe-core and measures layout shift. See README.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { SCENES } from './scenes.mjs';
import { script } from './scripted.mjs';

const OUT = process.env['LOOKS_OUT'] ?? fileURLToPath(new URL('./out/', import.meta.url));
const WIDTHS = { 320: 640, 390: 844, 720: 450, 768: 1024, 844: 390, 1440: 900 };
/** 720 is a laptop at 200 %, 844 a phone on its side. */
const PHONES = new Set([320, 390, 844]);
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const wanted = args.filter((arg, i) => !arg.startsWith('--') && !args[i - 1]?.startsWith('--'));
const widths = (option('--width') ?? '390,768,1440').split(',').map(Number);
const schemes = (option('--scheme') ?? 'dark,light').split(',');

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
await mkdir(OUT, { recursive: true });
const server = await preview({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  preview: { port: 0, host: '127.0.0.1', proxy: {} },
  logLevel: 'error',
});
const base = server.resolvedUrls.local[0].replace(/\/$/, '');
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});

/** In the page, before its own scripts. */
function observe({ refusePlay }) {
  window.__shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  if (refusePlay) {
    HTMLMediaElement.prototype.play = () =>
      Promise.reject(new DOMException('not allowed', 'NotAllowedError'));
  }
}

const findings = [];
for (const blueprint of SCENES) {
  if (wanted.length > 0 && !wanted.some((name) => blueprint.name.startsWith(name))) continue;
  for (const width of widths) {
    for (const colorScheme of schemes) {
      const scene = { ...blueprint };
      const name = `${scene.name}-${width}-${colorScheme}`;
      const context = await browser.newContext({
        viewport: { width, height: WIDTHS[width] ?? 900 },
        colorScheme,
        hasTouch: PHONES.has(width),
        isMobile: PHONES.has(width),
        locale: 'en-GB',
        serviceWorkers: 'block',
      });
      const page = await context.newPage();
      page.setDefaultTimeout(6000);
      page.on('pageerror', (fault) => findings.push({ name, kind: 'error', text: fault.message }));
      page.on('console', (message) => {
        const text = message.text();
        if (message.type() === 'error' && !text.startsWith('Failed to load resource')) {
          findings.push({ name, kind: 'console', text });
        }
      });
      await page.addInitScript(observe, { refusePlay: scene.refusePlay === true });
      await script(page, scene);
      try {
        await page.goto(base + scene.path);
        await page.waitForTimeout(350);
        await scene.act?.(page, scene);
        await page.waitForTimeout(350);
      } catch (fault) {
        findings.push({ name, kind: 'scene', text: String(fault).split('\n')[0] });
      }
      await page.screenshot({ path: `${OUT}/${name}.png` });
      const shift = await page.evaluate(() => window.__shift);
      if (shift > 0.01) findings.push({ name, kind: 'shift', text: shift.toFixed(3) });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overflow > 0) findings.push({ name, kind: 'overflow', text: `${overflow} px` });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        window.axe.run(document, { resultTypes: ['violations'] }),
      );
      for (const { id, nodes } of violations) {
        const where = nodes.map(
          ({ target, failureSummary }) =>
            `${target.join(' ')}: ${failureSummary?.split('\n')[1]?.trim() ?? ''}`,
        );
        findings.push({ name, kind: `axe ${id}`, text: where.slice(0, 3).join(' | ') });
      }
      await context.close();
    }
  }
  console.log(blueprint.name);
}
await browser.close();
await server.close();
await writeFile(`${OUT}/findings.json`, JSON.stringify(findings, null, 2));
for (const { name, kind, text } of findings) console.log(`${name}: ${kind}: ${text}`);
console.log(findings.length === 0 ? 'nothing to remark' : `${findings.length} remarks`);
process.exit(findings.length === 0 ? 0 : 1);
