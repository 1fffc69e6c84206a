// Counts what test programs reported.
//   node tally.mjs ctest SUITE JUNIT.xml GTEST_JSON_DIR   one suite of C++ programs run by ctest
//   node tally.mjs vitest SUITE REPORT.json               one suite of Vitest
//   node tally.mjs line SUITE NAME pass|fail|skip [WHY]   one test that is a command
//   node tally.mjs sum                                    everything so far, and the exit status
// Each appends to build/results/SUITE.json; `sum` prints a table and, last, "N passed, N failed".
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = 'build/results';

function load(suite) {
  const file = join(folder, `${suite}.json`);
  return existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failures: [], skipped: [] };
}

function save(suite, result) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${suite}.json`), JSON.stringify(result, null, 1));
}

function unescape(text) {
  const names = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_all, name) => names[name]);
}

const WHY_LINES = 4;
const WHY_COLUMNS = 200;

/** The first lines of what a test said: whoever sees only the end of a log should see them. */
function fail(result, name, said = '') {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const stack = lines.findIndex((line) => /^\s*at /.test(line));
  const why = lines.slice(0, stack > 0 ? Math.min(stack, WHY_LINES) : WHY_LINES);
  result.failures.push({ name, why: why.map((line) => line.trim().slice(0, WHY_COLUMNS)) });
}

/** ctest's JUnit file: a line per program; GoogleTest's own JSON says what happened inside it. */
function addCtest(suite, junit, gtestFolder) {
  const result = load(suite);
  const xml = readFileSync(junit, 'utf8');
  for (const [, attributes] of xml.matchAll(/<testcase ([^>]*?)\/?>/g)) {
    const name = unescape(/name="([^"]*)"/.exec(attributes)[1]);
    const status = /status="([^"]*)"/.exec(attributes)?.[1] ?? 'fail';
    const inside = join(gtestFolder, `${name}.json`);
    let failed = 0;
    if (existsSync(inside)) {
      const report = JSON.parse(readFileSync(inside, 'utf8'));
      for (const group of report.testsuites) {
        for (const test of group.testsuite) {
          const full = `${group.name}.${test.name}`;
          if (test.failures !== undefined) {
            failed += 1;
            fail(result, `${name}: ${full}`, test.failures[0].failure);
          } else if (test.result === 'SKIPPED') {
            result.skipped.push(`${name}: ${full}`);
          } else if (test.status === 'RUN') {
            result.passed += 1;
          }
        }
      }
    } else if (status === 'run') {
      result.passed += 1;
    }
    // A program that crashed or hung has failed, whatever its report says.
    if (status !== 'run' && status !== 'notrun' && failed === 0) {
      fail(result, `${name}: the program itself (crash, time-out or bad exit)`);
    }
    if (status === 'notrun') result.skipped.push(`${name}: not run`);
  }
  save(suite, result);
}

function addVitest(suite, file) {
  const result = load(suite);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  for (const one of report.testResults) {
    if (one.status === 'failed' && one.assertionResults.length === 0) {
      fail(result, basename(one.name), one.message || 'did not run');
    }
    for (const test of one.assertionResults) {
      const name = `${basename(one.name)}: ${test.fullName}`;
      if (test.status === 'passed') result.passed += 1;
      else if (test.status === 'failed') fail(result, name, test.failureMessages[0]);
      else result.skipped.push(name);
    }
  }
  save(suite, result);
}

function addLine(suite, name, verdict, why) {
  const result = load(suite);
  if (verdict === 'pass') result.passed += 1;
  else if (verdict === 'skip') result.skipped.push(why ? `${name}: ${why}` : name);
  else fail(result, name, why);
  save(suite, result);
}

function sum() {
  let passed = 0;
  const failures = [];
  const skipped = [];
  const files = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith('.json')) : [];
  console.log('');
  for (const file of files.sort()) {
    const suite = basename(file, '.json');
    const result = load(suite);
    passed += result.passed;
    failures.push(...result.failures.map(({ name, why }) => ({ name: `${suite} · ${name}`, why })));
    skipped.push(...result.skipped.map((one) => `${suite} · ${one}`));
    const extra = result.skipped.length > 0 ? `, ${result.skipped.length} SKIPPED` : '';
    console.log(
      `${suite.padEnd(16)} ${String(result.passed).padStart(5)} passed, ` +
        `${result.failures.length} failed${extra}`,
    );
  }
  if (skipped.length > 0) {
    console.log(`\nSKIPPED, and why it matters to look:\n${skipped.map((s) => `  ${s}`).join('\n')}`);
  }
  if (failures.length > 0) console.log('\nFAILED:');
  for (const { name, why } of failures) console.log([`  ${name}`, ...why].join('\n      '));
  console.log(`\n${passed} passed, ${failures.length} failed`);
  process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
}

const [what, suite, ...rest] = process.argv.slice(2);
if (what === 'ctest') addCtest(suite, ...rest);
else if (what === 'vitest') addVitest(suite, ...rest);
else if (what === 'line') addLine(suite, ...rest);
else if (what === 'sum') sum();
else {
  console.error('usage: see the first lines of this file');
  process.exit(2);
}
