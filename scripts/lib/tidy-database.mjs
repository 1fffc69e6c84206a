// A compilation database for clang-tidy from the one that g++ builds with: clang cannot read g++'s
// precompiled headers, and the files stand without them.
//   node tidy-database.mjs FROM.json TO.json
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
const commands = JSON.parse(readFileSync(from, 'utf8')).map((entry) => ({
  ...entry,
  command: entry.command.replace(/ -Winvalid-pch -include \S+/, '').replace(/ -Wno-maybe-uninitialized/, ''),
}));
writeFileSync(to, JSON.stringify(commands));
